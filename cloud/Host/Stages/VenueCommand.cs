using System.Text.Json;
using System.Text.Json.Serialization;

namespace Presence.Cloud.Stages;

/// <summary>What happens to a venue besides sightings and time; an input of its log. The set is closed: what the log holds is never a type's name.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(MemberJoined), "joined")]
[JsonDerivedType(typeof(MemberGraded), "graded")]
[JsonDerivedType(typeof(ConsentChanged), "consent")]
[JsonDerivedType(typeof(MemberErased), "erased")]
[JsonDerivedType(typeof(DeviceBound), "bound")]
[JsonDerivedType(typeof(CouponTaken), "redeemed")]
[JsonDerivedType(typeof(Bought), "bought")]
[JsonDerivedType(typeof(RulesChanged), "rules")]
[JsonDerivedType(typeof(PlanChanged), "plan")]
[JsonDerivedType(typeof(DeviceMarked), "marked")]
[JsonDerivedType(typeof(DeviceUnmarked), "unmarked")]
[JsonDerivedType(typeof(MemberDeclared), "declared")]
[JsonDerivedType(typeof(CouponUndone), "undone")]
[JsonDerivedType(typeof(CouponCancelled), "cancelled")]
[JsonDerivedType(typeof(CouponOpened), "opened")]
[JsonDerivedType(typeof(PointsSpent), "spent")]
[JsonDerivedType(typeof(TouchpointScanned), "scanned")]
[JsonDerivedType(typeof(EventReported), "event")]
[JsonDerivedType(typeof(TaskDone), "task")]
[JsonDerivedType(typeof(RuleReleased), "released")]
[JsonDerivedType(typeof(HeadsCounted), "heads")]
[JsonDerivedType(typeof(PhoneHeard), "phone")]
[JsonDerivedType(typeof(MemberWished), "wished")]
[JsonDerivedType(typeof(LoyaltyChanged), "loyalty")]
[JsonDerivedType(typeof(RewardOrdered), "ordered")]
[JsonDerivedType(typeof(RewardSent), "sent")]
[JsonDerivedType(typeof(RewardCalledOff), "calledOff")]
public abstract record VenueCommand
{
    /// <summary>Whom it concerns, so that it can be emptied when they are erased; null when nobody.</summary>
    [JsonIgnore]
    public virtual Guid? Concerns => null;

    /// <summary>The bytes kept in the log.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, CommandJson.Default.VenueCommand);

    /// <exception cref="JsonException">The bytes are no command; the log is broken.</exception>
    public static VenueCommand Decode(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, CommandJson.Default.VenueCommand) ?? throw new JsonException("an empty command");
}

/// <param name="BroughtBy">The member who brought them along; null for nobody.</param>
public sealed record MemberJoined(Guid Member, string? Birthday, string Language, Purposes Purposes, Guid? BroughtBy = null) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>What the venue's people hold a member for; members cannot say it of themselves.</summary>
public sealed record MemberGraded(Guid Member, string? Tier, string[] Tags, string? Adviser = null) : VenueCommand
{
    public override Guid? Concerns => Member;
}

public sealed record ConsentChanged(Guid Member, Purposes Purposes) : VenueCommand
{
    public override Guid? Concerns => Member;
}

public sealed record MemberErased(Guid Member) : VenueCommand;

public sealed record DeviceBound(Guid Member, ulong Token, string How) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>A redemption that the database let through.</summary>
public sealed record CouponTaken(Guid Member, Guid Coupon, int Zone, string By) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <param name="Cause">Key of the call, by which its points are known; null for none.</param>
/// <param name="At">Unix ms when it was bought, of one that is told later; null for now.</param>
public sealed record Bought(Guid Member, int Zone, string Category, long Cents, string? Cause = null, long? At = null) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>What a member tells of themselves, in place of what was told before.</summary>
public sealed record MemberDeclared(Guid Member, Dictionary<string, DeclaredAttribute> Declared) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>When, how often, of what and how a member wants to hear of us, in place of what was wished before.</summary>
public sealed record MemberWished(Guid Member, Channels Reach, MemberWishes Wishes) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>A redemption that the database took back.</summary>
public sealed record CouponUndone(Guid Member, Guid Coupon) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>A coupon that the venue's people cancelled.</summary>
public sealed record CouponCancelled(Guid Member, Guid Coupon) : VenueCommand
{
    public override Guid? Concerns => Member;
}

public sealed record CouponOpened(Guid Member, Guid Coupon) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>Points spent on a reward.</summary>
public sealed record PointsSpent(Guid Member, long Points, string Cause) : VenueCommand
{
    public override Guid? Concerns => Member;
}

public sealed record TouchpointScanned(Guid Member, string Touchpoint, int Zone) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>What another system reports of a member, as a declared event.</summary>
public sealed record EventReported(Guid Member, string Name, Dictionary<string, string> Fields) : VenueCommand
{
    public override Guid? Concerns => Member;
}

public sealed record TaskDone(long Task) : VenueCommand;

/// <summary>Somebody looked at a rule that was stopped, and lets it run again.</summary>
public sealed record RuleReleased(string Rule) : VenueCommand;

/// <summary>A member's phone said which beacons it heard.</summary>
public sealed record PhoneHeard(Guid Member, HeardBeacon[] Beacons) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <param name="At">Unix ms.</param>
public sealed record HeardBeacon(string Id, int Dbm, long At);

/// <summary>Somebody counted the people in the venue.</summary>
/// <param name="At">Unix ms.</param>
public sealed record HeadsCounted(int People, long At) : VenueCommand;

/// <summary>The rules and offers in force from now on, as documents.</summary>
public sealed record RulesChanged(string[] Documents, string Offers) : VenueCommand;

/// <summary>What earns points, what makes a tier and what points buy from now on, as <c>loyalty/programme.json</c>.</summary>
public sealed record LoyaltyChanged(string Loyalty) : VenueCommand;

/// <summary>A reward is bought with points. The address it is sent to is no part of the log.</summary>
/// <param name="Zone">Id of the place it is fetched at; null when it is sent.</param>
public sealed record RewardOrdered(Guid Member, string Reward, string? Zone) : VenueCommand
{
    public override Guid? Concerns => Member;
}

public sealed record RewardSent(Guid Member, Guid Order) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>An order comes to nothing; the points go back.</summary>
/// <param name="ByMember">Who calls off cannot gain time by it; whose order the mall calls off does.</param>
public sealed record RewardCalledOff(Guid Member, Guid Order, bool ByMember = false) : VenueCommand
{
    public override Guid? Concerns => Member;
}

/// <summary>The plan, thresholds and survey in force from now on, as <see cref="PlanJson"/> writes them.</summary>
public sealed record PlanChanged(string Plan) : VenueCommand;

/// <summary>A device is set apart from visitors, or said to be one.</summary>
/// <param name="Zone">Id of the zone it always is in; null where that is not known.</param>
/// <param name="Bound">The token is that of a binding.</param>
public sealed record DeviceMarked(ulong Token, DeviceRole Role, string? Zone = null, bool Bound = false) : VenueCommand;

/// <summary>A device is what it seems again.</summary>
public sealed record DeviceUnmarked(ulong Token) : VenueCommand;

[JsonSerializable(typeof(VenueCommand))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class CommandJson : JsonSerializerContext;
