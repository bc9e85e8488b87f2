namespace Presence.Storage;

/// <summary>A venue as the store knows it.</summary>
/// <param name="Number">Small and ascending; stands for the venue in every other table.</param>
/// <param name="Map">The plan, as JSON.</param>
public sealed record StoredVenue(int Number, string Tenant, string Venue, string Map);

/// <summary>A piece of the venue's log: one or more inputs that were committed together.</summary>
/// <param name="FirstInput">Ordinal of the first input in the venue's log, from 0.</param>
/// <param name="Inputs">How many inputs <paramref name="Records"/> holds; 0 after a member's input was emptied.</param>
public sealed record LogRow(long FirstInput, int Inputs, long At, byte[] Records);

/// <summary>The state of a venue as it stood before input <paramref name="NextInput"/>.</summary>
/// <param name="At">When it was taken, Unix ms.</param>
public sealed record StoredSnapshot(long NextInput, byte[] State, long At);

/// <summary>Why a store could not do what it was asked: a full or failing disk, a lost server. Nothing of the commit was kept.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Where venues are kept. One owner writes: it begins a commit, adds what happened in any number of venues, and completes it.
/// Queries for pages go through <see cref="Model.PresenceDb"/> and never wait for the writer.
/// </summary>
public interface IVenueStore : IDisposable
{
    /// <summary>All venues, by number.</summary>
    IReadOnlyList<StoredVenue> Venues();

    /// <summary>Enters the venue, or gives its plan a new version; idempotent.</summary>
    StoredVenue SaveVenue(string tenant, string venue, string map);

    /// <summary>A secret of the venue by name, made by <paramref name="make"/> and kept when there is none yet.</summary>
    byte[] Secret(int venue, string name, Func<byte[]> make);

    /// <summary>The snapshots that are kept, the newest first; none before the first.</summary>
    IEnumerable<StoredSnapshot> Snapshots(int venue);

    /// <summary>The log from an input on, in order, including that input.</summary>
    IEnumerable<LogRow> ReadLog(int venue, long fromInput);

    /// <summary>As <see cref="ReadLog"/>, beside the writer, for any thread: what is committed when it begins.</summary>
    IEnumerable<LogRow> ReadLogAside(int venue, long fromInput);

    /// <summary>Finds out whether anything can be written, by writing something that means nothing.</summary>
    /// <exception cref="StoreException">Nothing can.</exception>
    void Probe();

    /// <summary>Folds what is written ahead into the main file, so that what was erased is nowhere on the disk.</summary>
    void FoldLog();

    /// <summary>Begins a transaction. Only one is open at a time.</summary>
    /// <exception cref="StoreException">The store cannot write now.</exception>
    IStoreCommit Begin();
}

/// <summary>
/// One transaction: all of it is kept, or nothing. Disposing without <see cref="Complete"/> rolls back. Every method may throw
/// <see cref="StoreException"/>, after which only disposing makes sense.
/// </summary>
public partial interface IStoreCommit : IDisposable
{
    void AppendLog(int venue, long firstInput, int inputs, long at, Guid? member, ReadOnlySpan<byte> records);

    void AddVisit(in VisitRow row);

    void AddStay(in StayRow row);

    void AddDecision(in DecisionRow row);

    void AddFact(in FactRow row);

    void AddCoupon(in CouponRow row);

    void AddMessage(in MessageRow row);

    void AddArrival(in ArrivalRow row);

    /// <returns>False when the arrival is unknown; an arrival acknowledged before keeps its first acknowledgement and gives true.</returns>
    bool AcknowledgeArrival(int venue, long arrival, string by, long at);

    void AddMember(in MemberRow row);

    /// <returns>False when the venue has no such member.</returns>
    bool SetTier(int venue, Guid member, string? tier);

    void AddConsent(in ConsentRow row);

    void SetBinding(int venue, ulong token, Guid member, string how, long at);

    /// <summary>Whether a binding may be renewed after the member key was rolled.</summary>
    /// <param name="venue">The venue.</param>
    /// <param name="was">Its token so far. It must have been bound before the roll, and under the member key: one by an identity key stays as it is.</param>
    /// <param name="isNow">Its token from now on. It must be nobody's.</param>
    /// <param name="rolledAt">Unix ms.</param>
    /// <param name="boundBefore">Unix ms: until then a gateway may have bound under the key of before.</param>
    /// <returns>Also false when as many of the member's devices were renewed since as they have.</returns>
    bool MayRenew(int venue, ulong was, ulong isNow, long rolledAt, long boundBefore);

    /// <summary>Removes all of a member's bindings, in the log and in their visits too, so that nothing links a device with them any more.</summary>
    void RemoveBindings(int venue, Guid member);

    /// <summary>Cancels the member's coupons that were not redeemed.</summary>
    void CancelCoupons(int venue, Guid member);

    /// <summary>Removes the person: profile, consents, bindings, messages, arrivals, their inputs in the log; keeps figures without a name.</summary>
    void EraseMember(int venue, Guid member, long at);

    void AddLink(ReadOnlySpan<byte> codeHash, int venue, Guid member, long expiresAt);

    /// <summary>Uses a one-time link up.</summary>
    /// <returns>The member it was made for, or null when it is unknown, used or over.</returns>
    Guid? UseLink(ReadOnlySpan<byte> codeHash, int venue, long at);

    /// <summary>
    /// Decides who redeems: the coupon goes from issued to redeemed for exactly one caller. The same key gets the same reply again.
    /// </summary>
    RedemptionRow Redeem(in RedeemAttempt attempt);

    void AddRefused(int venue, string gateway, long at, string reason, int length, string digest);

    /// <summary>Keeps the snapshot and forgets all but the newest two.</summary>
    void AddSnapshot(int venue, long nextInput, long at, ReadOnlySpan<byte> state);

    /// <summary>Forgets snapshots before the input: someone who was erased since is in them.</summary>
    void DropSnapshots(int venue, long beforeInput);

    /// <summary>Forgets log rows that lie wholly before the input and before the time.</summary>
    void TrimLog(int venue, long beforeInput, long beforeAt);

    /// <summary>Forgets visits and stays of unbound devices that ended before the time.</summary>
    void ForgetStrangers(int venue, long before);

    /// <summary>Forgets what the rules were told before the time; drafts are tried over what is left.</summary>
    void ForgetFacts(int venue, long before);

    /// <summary>Makes all of it durable. Returns only when it is on disk.</summary>
    void Complete();
}

public readonly record struct VisitRow(
    long Id, int Venue, ulong Token, Guid? Member, long Since, long Until, byte Traits, byte Confidence, byte Sources, byte Standing);

public readonly record struct StayRow(
    long Id, int Venue, ulong Token, Guid? Member, int Zone, long Since, long Until, byte Confidence, byte Sources);

/// <summary>What the rules were told of a member.</summary>
/// <param name="ToldAt">Unix ms to which the rules had been let pass time before it.</param>
/// <param name="Fact">As <c>Fact.Save</c> wrote it.</param>
public readonly record struct FactRow(long Id, int Venue, Guid Member, long At, long ToldAt, byte[] Fact);

/// <param name="Gates">JSON array of {gate, passed, observed, threshold}.</param>
public readonly record struct DecisionRow(
    long Id, int Venue, Guid Member, string Rule, int RuleVersion, string Outcome, string? Offer, int Zone, long At, string Gates);

/// <param name="Why">JSON of the reason in words, by language.</param>
public readonly record struct CouponRow(
    long Id, int Venue, Guid Uid, string Code, string ShortCode, string Qr, Guid Member, string Rule, int RuleVersion,
    string Offer, long IssuedAt, long ExpiresAt, string Why);

public readonly record struct MessageRow(long Id, int Venue, Guid Member, string Kind, long At, long? Coupon, string Body);

public readonly record struct ArrivalRow(long Id, int Venue, int Zone, Guid Member, long At, string Body);

public readonly record struct MemberRow(
    Guid Id, int Venue, string Nickname, string? Birthday, string Language, int Purposes, byte[] SecretHash, long JoinedAt);

public readonly record struct ConsentRow(
    int Venue, Guid Member, int Purposes, string TextVersion, string Language, string Channel, long At);

/// <param name="Key">The caller's idempotency key.</param>
/// <param name="Code">The coupon's code, normalised.</param>
/// <param name="Zone">Where it is redeemed, index into the venue's zones.</param>
public readonly record struct RedeemAttempt(int Venue, string Key, string Code, int Zone, string By, long At);

/// <param name="Outcome"><c>redeemed</c>, <c>already-redeemed</c>, <c>expired</c>, <c>cancelled</c>, <c>unknown-coupon</c> or <c>key-reused</c>.</param>
/// <param name="Fresh">True when this very call redeemed it; false for a refusal and for a reply given before.</param>
/// <param name="Coupon">The coupon's uid; empty when unknown.</param>
/// <param name="At">When the outcome came about.</param>
public readonly record struct RedemptionRow(string Outcome, bool Fresh, Guid Coupon, Guid Member, string Offer, string Rule, long At);
