using SQLitePCL;

namespace Presence.Storage.Sqlite;

/// <summary>The writer's transaction; one object serves all, since only one is ever open.</summary>
internal sealed partial class SqliteCommit : IStoreCommit
{
    private readonly List<Statement> _all = [];
    private readonly sqlite3 _database;
    private readonly Statement _begin, _complete, _rollback;
    private readonly Statement _log, _visit, _stay, _decision, _coupon, _message, _arrival;
    private readonly Statement _findArrival, _acknowledge, _member, _tier, _consent, _purposes, _binding, _mayRenew, _link, _findLink, _useLink;
    private readonly Statement _cancel;
    private readonly Statement[] _unbind;
    private readonly Statement _findKey, _keepReply, _refused, _snapshot, _dropSnapshots, _dropOlder, _trim;
    private readonly Statement _forgetVisits, _forgetStays, _fact, _forgetFacts;
    private readonly Statement[] _erase;
    private bool _open;

    public SqliteCommit(sqlite3 database)
    {
        _database = database;
        _begin = Prepare("BEGIN IMMEDIATE");
        _complete = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _log = Prepare("INSERT INTO log (venue, first_input, inputs, at, member, records) VALUES (?, ?, ?, ?, ?, ?)");
        _visit = Prepare("INSERT INTO visits (id, venue, token, member, since, until, traits, confidence, sources, standing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        _stay = Prepare("INSERT INTO stays (id, venue, token, member, zone, since, until, confidence, sources) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
        _decision = Prepare(
            "INSERT INTO decisions (id, venue, member, rule, rule_version, outcome, offer, zone, at, gates) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        _coupon = Prepare(
            "INSERT INTO coupons (id, venue, uid, code, short_code, qr, member, rule, rule_version, offer, state, issued_at, expires_at, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'issued', ?, ?, ?)");
        _message = Prepare("INSERT INTO inbox (id, venue, member, kind, at, coupon, body) VALUES (?, ?, ?, ?, ?, ?, ?)");
        _arrival = Prepare("INSERT INTO arrivals (id, venue, zone, member, at, body) VALUES (?, ?, ?, ?, ?, ?)");
        _findArrival = Prepare("SELECT 1 FROM arrivals WHERE venue = ? AND id = ?");
        _acknowledge = Prepare(
            "UPDATE arrivals SET acknowledged_by = ?, acknowledged_at = ? WHERE venue = ? AND id = ? AND acknowledged_by IS NULL");
        _member = Prepare(
            "INSERT INTO members (id, venue, nickname, birthday, language, purposes, secret_hash, joined_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        _tier = Prepare("UPDATE members SET tier = ? WHERE venue = ? AND id = ?");
        _consent = Prepare("INSERT INTO consents (venue, member, purposes, text_version, language, channel, at) VALUES (?, ?, ?, ?, ?, ?, ?)");
        _purposes = Prepare("UPDATE members SET purposes = ? WHERE id = ?");
        _binding = Prepare(
            "INSERT INTO bindings (venue, token, member, how, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (venue, token) DO UPDATE SET member = excluded.member, how = excluded.how, at = excluded.at");
        _mayRenew = Prepare("""
            WITH roll (venue, was, is_now, rolled_at, bound_before) AS (SELECT ?, ?, ?, ?, ?),
            old AS (SELECT b.* FROM bindings b JOIN roll r ON b.venue = r.venue
              WHERE b.how <> 'identity' AND b.at < CASE b.how WHEN 'renewed' THEN r.rolled_at ELSE r.bound_before END)
            SELECT 1 FROM roll r JOIN old o ON o.token = r.was
            WHERE NOT EXISTS (SELECT 1 FROM bindings n WHERE n.venue = r.venue AND n.token = r.is_now)
            AND (SELECT count(*) FROM bindings n WHERE n.venue = r.venue AND n.member = o.member AND n.how = 'renewed' AND n.at >= r.rolled_at)
              < (SELECT count(*) FROM old a WHERE a.member = o.member)
            """);
        _unbind =
        [
            // The visits stay the member's; which device it was is forgotten, also where the log tells of the binding.
            Prepare("DELETE FROM bindings WHERE venue = ? AND member = ?"),
            Prepare("UPDATE visits SET token = 0 WHERE venue = ? AND member = ?"),
            Prepare("UPDATE stays SET token = 0 WHERE venue = ? AND member = ?"),
            Prepare("UPDATE log SET records = x'' WHERE venue = ? AND member = ? AND instr(records, CAST('\"is\":\"bound\"' AS BLOB)) > 0"),
        ];
        // The plus sends it by the index of members, who have few, past that of the venue.
        _cancel = Prepare("UPDATE coupons SET state = 'cancelled' WHERE +venue = ? AND member = ? AND state = 'issued' AND rule <> '$reward'");
        _link = Prepare("INSERT INTO links (code_hash, venue, member, expires_at) VALUES (?, ?, ?, ?)");
        _findLink = Prepare("SELECT member FROM links WHERE code_hash = ? AND venue = ?");
        _useLink = Prepare("UPDATE links SET used_at = ? WHERE code_hash = ? AND venue = ? AND used_at IS NULL AND expires_at >= ?");
        _findKey = Prepare(
            "SELECT r.outcome, r.code, r.at, c.uid, c.member, c.offer, c.rule FROM redemptions r LEFT JOIN coupons c ON c.code = r.code AND c.venue = r.venue WHERE r.venue = ? AND r.idempotency_key = ?");
        _keepReply = Prepare("INSERT INTO redemptions (venue, idempotency_key, code, outcome, at, reply) VALUES (?, ?, ?, ?, ?, '')");
        _refused = Prepare("INSERT INTO refused (venue, gateway, at, reason, length, digest) VALUES (?, ?, ?, ?, ?, ?)");
        _snapshot = Prepare(
            "INSERT INTO snapshots (venue, next_input, at, state) VALUES (?, ?, ?, ?) ON CONFLICT (venue, next_input) DO UPDATE SET at = excluded.at, state = excluded.state");
        _dropSnapshots = Prepare(
            "DELETE FROM snapshots WHERE venue = ? AND next_input NOT IN (SELECT next_input FROM snapshots WHERE venue = ? ORDER BY next_input DESC LIMIT 2)");
        _dropOlder = Prepare("DELETE FROM snapshots WHERE venue = ? AND next_input < ?");
        // The plus keeps the index by venue out of it: these are found by their time.
        _trim = Prepare("DELETE FROM log WHERE +venue = ? AND first_input + inputs <= ? AND at < ?");
        _forgetVisits = Prepare("DELETE FROM visits WHERE +venue = ? AND member IS NULL AND until < ?");
        _forgetStays = Prepare("DELETE FROM stays WHERE +venue = ? AND member IS NULL AND until < ?");
        _fact = Prepare("INSERT INTO facts (id, venue, member, at, told_at, fact) VALUES (?, ?, ?, ?, ?, ?)");
        _forgetFacts = Prepare("DELETE FROM facts WHERE +venue = ? AND at < ?");
        _offers = new OfferStatements(Prepare);
        _erase =
        [
            // Figures stay, the person goes: rows that count lose the member, rows that only speak of the member go.
            Prepare("UPDATE visits SET member = NULL, token = 0 WHERE venue = ? AND member = ?"),
            Prepare("UPDATE stays SET member = NULL, token = 0 WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM inbox WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM arrivals WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM bindings WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM consents WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM links WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM decisions WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM facts WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM replies WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM points WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM tasks WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM hooks WHERE venue = ? AND member = ?"),
            Prepare("UPDATE coupons SET state = CASE state WHEN 'issued' THEN 'cancelled' ELSE state END, member = '', qr = '', why = '{}' WHERE venue = ? AND member = ?"),
            Prepare("UPDATE reward_orders SET state = CASE state WHEN 'open' THEN 'cancelled' ELSE state END, member = '', code = NULL, address = NULL WHERE venue = ? AND member = ?"),
            Prepare("DELETE FROM members WHERE venue = ? AND id = ?"),
            Prepare("UPDATE log SET records = x'', member = NULL, inputs = inputs WHERE venue = ? AND member = ?"),
        ];
    }

    public void Begin()
    {
        _begin.Run();
        _open = true;
    }

    public void AppendLog(int venue, long firstInput, int inputs, long at, Guid? member, ReadOnlySpan<byte> records) =>
        _log.Bind(venue).Bind(firstInput).Bind(inputs).Bind(at).Bind(member).Bind(records).Run();

    public void AddVisit(in VisitRow row) =>
        _visit.Bind(row.Id).Bind(row.Venue).Bind((long)row.Token).Bind(row.Member).Bind(row.Since).Bind(row.Until)
            .Bind(row.Traits).Bind(row.Confidence).Bind(row.Sources).Bind(row.Standing).Run();

    public void AddStay(in StayRow row) =>
        _stay.Bind(row.Id).Bind(row.Venue).Bind((long)row.Token).Bind(row.Member).Bind(row.Zone).Bind(row.Since).Bind(row.Until)
            .Bind(row.Confidence).Bind(row.Sources).Run();

    public void AddDecision(in DecisionRow row) =>
        _decision.Bind(row.Id).Bind(row.Venue).Bind(row.Member).Bind(row.Rule).Bind(row.RuleVersion).Bind(row.Outcome)
            .Bind(row.Offer).Bind(row.Zone).Bind(row.At).Bind(row.Gates).Run();

    public void AddFact(in FactRow row) =>
        _fact.Bind(row.Id).Bind(row.Venue).Bind(row.Member).Bind(row.At).Bind(row.ToldAt).Bind(row.Fact).Run();

    public void AddCoupon(in CouponRow row) =>
        _coupon.Bind(row.Id).Bind(row.Venue).Bind(row.Uid).Bind(row.Code).Bind(row.ShortCode).Bind(row.Qr).Bind(row.Member).Bind(row.Rule).Bind(row.RuleVersion).Bind(row.Offer)
            .Bind(row.IssuedAt).Bind(row.ExpiresAt).Bind(row.Why).Run();

    public void AddMessage(in MessageRow row) =>
        _message.Bind(row.Id).Bind(row.Venue).Bind(row.Member).Bind(row.Kind).Bind(row.At).Bind(row.Coupon).Bind(row.Body).Run();

    public void AddArrival(in ArrivalRow row) =>
        _arrival.Bind(row.Id).Bind(row.Venue).Bind(row.Zone).Bind(row.Member).Bind(row.At).Bind(row.Body).Run();

    public bool AcknowledgeArrival(int venue, long arrival, string by, long at)
    {
        if (!Exists(_findArrival.Bind(venue).Bind(arrival)))
        {
            return false;
        }

        _acknowledge.Bind(by).Bind(at).Bind(venue).Bind(arrival).Run();
        return true;
    }

    public void AddMember(in MemberRow row) =>
        _member.Bind(row.Id).Bind(row.Venue).Bind(row.Nickname).Bind(row.Birthday).Bind(row.Language).Bind(row.Purposes)
            .Bind(row.SecretHash).Bind(row.JoinedAt).Run();

    public bool SetTier(int venue, Guid member, string? tier) => _tier.Bind(tier).Bind(venue).Bind(member).Run() == 1;

    public void AddConsent(in ConsentRow row)
    {
        _consent.Bind(row.Venue).Bind(row.Member).Bind(row.Purposes).Bind(row.TextVersion).Bind(row.Language).Bind(row.Channel)
            .Bind(row.At).Run();
        _purposes.Bind(row.Purposes).Bind(row.Member).Run();
    }

    public void SetBinding(int venue, ulong token, Guid member, string how, long at) =>
        _binding.Bind(venue).Bind((long)token).Bind(member).Bind(how).Bind(at).Run();

    public bool MayRenew(int venue, ulong was, ulong isNow, long rolledAt, long boundBefore)
    {
        var may = _mayRenew.Bind(venue).Bind((long)was).Bind((long)isNow).Bind(rolledAt).Bind(boundBefore).Read();
        _mayRenew.Reset();
        return may;
    }

    public void RemoveBindings(int venue, Guid member)
    {
        Wipe();
        foreach (var statement in _unbind)
        {
            statement.Bind(venue).Bind(member).Run();
        }

        WipeNoMore();
    }

    public void CancelCoupons(int venue, Guid member) => _cancel.Bind(venue).Bind(member).Run();

    public void EraseMember(int venue, Guid member, long at)
    {
        Wipe();
        foreach (var statement in _erase)
        {
            statement.Bind(venue).Bind(member).Run();
        }

        WipeNoMore();

        using var keep = new Statement(_database, "INSERT INTO erased (member, at) VALUES (?, ?) ON CONFLICT (member) DO NOTHING");
        keep.Bind(member).Bind(at).Run();
    }

    public void AddLink(ReadOnlySpan<byte> codeHash, int venue, Guid member, long expiresAt) =>
        _link.Bind(codeHash).Bind(venue).Bind(member).Bind(expiresAt).Run();

    public Guid? UseLink(ReadOnlySpan<byte> codeHash, int venue, long at)
    {
        if (_useLink.Bind(at).Bind(codeHash).Bind(venue).Bind(at).Run() == 0)
        {
            return null;
        }

        _findLink.Bind(codeHash).Bind(venue).Read();
        var member = Guid.Parse(_findLink.Text(0));
        _findLink.Reset();
        return member;
    }

    public RedemptionRow Redeem(in RedeemAttempt attempt)
    {
        if (_findKey.Bind(attempt.Venue).Bind(attempt.Key).Read())
        {
            var before = ReplyGivenBefore(attempt.Code);
            _findKey.Reset();
            return before;
        }

        var reply = new RedemptionRow("unknown-coupon", false, Guid.Empty, Guid.Empty, "", "", attempt.At);
        if (FindCoupon(attempt.Venue, attempt.Code) is { } coupon)
        {
            var won = TakeCoupon(attempt.Venue, coupon.Uid, attempt.Zone, attempt.By, attempt.At);
            var outcome = won ? "redeemed" : coupon.State switch
            {
                "redeemed" => "already-redeemed",
                "cancelled" => "cancelled",
                _ => "expired",
            };
            reply = new RedemptionRow(outcome, won, coupon.Uid, coupon.Member, coupon.Offer, coupon.Rule, attempt.At);
        }

        _keepReply.Bind(attempt.Venue).Bind(attempt.Key).Bind(attempt.Code).Bind(reply.Outcome).Bind(attempt.At).Run();
        return reply;
    }

    public void AddRefused(int venue, string gateway, long at, string reason, int length, string digest) =>
        _refused.Bind(venue).Bind(gateway).Bind(at).Bind(reason).Bind(length).Bind(digest).Run();

    public void AddSnapshot(int venue, long nextInput, long at, ReadOnlySpan<byte> state)
    {
        _snapshot.Bind(venue).Bind(nextInput).Bind(at).Bind(state).Run();
        Wipe();
        _dropSnapshots.Bind(venue).Bind(venue).Run();
        WipeNoMore();
    }

    public void DropSnapshots(int venue, long beforeInput)
    {
        Wipe();
        _dropOlder.Bind(venue).Bind(beforeInput).Run();
        WipeNoMore();
    }

    // What tells of people is overwritten where it lay. The store's everyday way leaves the pages that become free as they are,
    // which is cheaper, and right for what is only old.
    private void Wipe() => raw.sqlite3_exec(_database, "PRAGMA secure_delete=ON");

    private void WipeNoMore() => raw.sqlite3_exec(_database, "PRAGMA secure_delete=FAST");

    public void TrimLog(int venue, long beforeInput, long beforeAt) => _trim.Bind(venue).Bind(beforeInput).Bind(beforeAt).Run();

    public void ForgetStrangers(int venue, long before)
    {
        _forgetVisits.Bind(venue).Bind(before).Run();
        _forgetStays.Bind(venue).Bind(before).Run();
    }

    public void ForgetFacts(int venue, long before) => _forgetFacts.Bind(venue).Bind(before).Run();

    public void Complete()
    {
        _complete.Run();
        _open = false;
    }

    public void Dispose()
    {
        if (_open)
        {
            _open = false;
            foreach (var statement in _all)
            {
                statement.Reset();
            }

            // A failed statement may have rolled back by itself, and then there is nothing to do.
            if (raw.sqlite3_get_autocommit(_database) == 0)
            {
                _rollback.Run();
            }
        }
    }

    /// <summary>Frees the statements when the store closes.</summary>
    public void Close() => _all.ForEach(s => s.Dispose());

    private static bool Exists(Statement select)
    {
        if (!select.Read())
        {
            return false;
        }

        select.Reset();
        return true;
    }

    // The key's first use decides. Used for another coupon it is a caller's mistake, and is told so.
    private RedemptionRow ReplyGivenBefore(string code)
    {
        var known = !_findKey.IsNull(3);
        var member = Guid.Empty;
        if (known)
        {
            Guid.TryParse(_findKey.Text(4), out member);
        }

        var outcome = string.Equals(_findKey.Text(1), code, StringComparison.Ordinal) ? _findKey.Text(0) : "key-reused";
        return new RedemptionRow(
            outcome, false, known ? Guid.Parse(_findKey.Text(3)) : Guid.Empty, member, known ? _findKey.Text(5) : "", known ? _findKey.Text(6) : "", _findKey.Int64(2));
    }

    private Statement Prepare(string sql)
    {
        var statement = new Statement(_database, sql);
        _all.Add(statement);
        return statement;
    }
}
