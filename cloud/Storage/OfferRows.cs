namespace Presence.Storage;

/// <summary>A coupon as it stands within a commit.</summary>
/// <param name="Member">Empty when the member was erased.</param>
/// <param name="State"><c>issued</c>, <c>redeemed</c>, <c>expired</c> or <c>cancelled</c>.</param>
/// <param name="RedeemedAt">Unix ms; 0 while not redeemed.</param>
/// <param name="RedeemedIn">Zone index; -1 while not redeemed.</param>
public readonly record struct CouponFound(
    Guid Uid, string Code, Guid Member, string Offer, string Rule, int RuleVersion, string State, long IssuedAt, long ExpiresAt, long RedeemedAt,
    int RedeemedIn, string RedeemedBy);

/// <summary>The answer once given to a call with a key.</summary>
/// <param name="Request">Digest of what was asked, so that a key used for something else is noticed.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">JSON.</param>
/// <param name="Member">Whom it concerns; goes when they are erased.</param>
public readonly record struct ReplyRow(int Venue, string Key, string Request, int Status, string Body, Guid? Member, long At);

/// <param name="What"><c>undone</c> or <c>cancelled</c>.</param>
public readonly record struct CouponEventRow(int Venue, Guid Coupon, string What, string By, string Reason, long At);

/// <summary>Points moved.</summary>
/// <param name="Cause">Key of what moved them.</param>
/// <param name="Lot">Key of the giving they come from.</param>
public readonly record struct PointsRow(long Id, int Venue, Guid Member, string Cause, string Lot, string Source, string Target, long Points, long At);

/// <summary>A reward that was bought with points.</summary>
/// <param name="Number">Numbers the orders of the venue, from 0.</param>
/// <param name="Way"><c>collect</c> or <c>post</c>.</param>
/// <param name="Zone">Where it is fetched; -1 when it is sent.</param>
/// <param name="Code">Of the coupon it is fetched with; null when it is sent.</param>
/// <param name="Address">Sealed; null when it is fetched.</param>
public readonly record struct RewardOrderRow(
    Guid Id, int Venue, int Number, Guid Member, string Reward, long Points, string Way, int Zone, string? Code, byte[]? Address, long At);

/// <summary>Something for staff to do.</summary>
/// <param name="Body">JSON of the text, by language.</param>
/// <param name="EscalateTo">Zone it goes to when nobody did it in time; null for none.</param>
public readonly record struct TaskRow(long Id, int Venue, int Zone, Guid Member, string Rule, string Body, long At, long DueAt, string? EscalateTo);

/// <summary>What is told to another system.</summary>
/// <param name="Hook">Name of the configured receiver.</param>
/// <param name="Body">JSON, exactly as it is signed and sent.</param>
public readonly record struct HookRow(long Id, int Venue, string Hook, Guid? Member, string Body, long At);

public readonly record struct AlarmRow(long Id, int Venue, string Rule, string Why, long At);

/// <param name="Revision">Counts the saves of this document, from 1.</param>
public readonly record struct RuleVersionRow(int Venue, string Id, int Revision, int Version, string State, string Author, string Document, long At);

/// <content>Offers, points, tasks and what is told to others.</content>
public partial interface IStoreCommit
{
    /// <summary>The coupon by its code or short code, as it stands now, or null.</summary>
    CouponFound? FindCoupon(int venue, string code);

    /// <summary>Redeems an issued coupon that has not expired.</summary>
    /// <returns>False when it is not that any more; nothing is changed then.</returns>
    bool TakeCoupon(int venue, Guid coupon, int zone, string by, long at);

    /// <summary>Takes a redemption back: the coupon is issued again, or expired if its time is over.</summary>
    /// <returns>False when it is not redeemed.</returns>
    bool UndoCoupon(int venue, Guid coupon, long at);

    /// <summary>Moves an issued coupon to <paramref name="state"/>; one that was redeemed stays so.</summary>
    /// <returns>False when it was not issued any more.</returns>
    bool SetCouponState(int venue, Guid coupon, string state);

    void AddCouponEvent(in CouponEventRow row);

    ReplyRow? FindReply(int venue, string key);

    void KeepReply(in ReplyRow row);

    void AddPoints(in PointsRow row);

    void AddRewardOrder(in RewardOrderRow row);

    /// <summary>Moves an order on; its address goes, unless it is open.</summary>
    void SetRewardOrder(int venue, Guid order, string state, long at);

    /// <summary>Notes who moved an order on, and why.</summary>
    void SignRewardOrder(int venue, Guid order, string by, string? reason);

    void AddTask(in TaskRow row);

    void EscalateTask(int venue, long task, long at);

    /// <returns>False when the task is unknown or done already.</returns>
    bool FinishTask(int venue, long task, string by, long at);

    void AddHook(in HookRow row);

    void HookDelivered(int venue, long hook, int tries, long at);

    /// <summary>Notes that a delivery failed.</summary>
    /// <param name="nextAt">When it is tried again; null gives it up: it is a dead letter from then on.</param>
    void HookFailed(int venue, long hook, int tries, long? nextAt, string problem, long at);

    /// <summary>Lets a dead letter be tried again.</summary>
    /// <returns>False when it is none.</returns>
    bool ReviveHook(int venue, long hook, long at);

    void AddAlarm(in AlarmRow row);

    /// <returns>False when the rule has no open alarm.</returns>
    bool ReleaseAlarm(int venue, string rule, string by, long at);

    /// <summary>Keeps another version of a document.</summary>
    /// <returns>Its revision.</returns>
    int AddRuleVersion(in RuleVersionRow row);

    /// <summary>Whether the document was ever kept, word for word.</summary>
    bool HasRuleVersion(int venue, string id, string document);

    /// <summary>Forgets decisions made before the time.</summary>
    void ForgetDecisions(int venue, long before);
}
