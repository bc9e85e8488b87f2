namespace Presence.Storage.Sqlite;

/// <content>Offers, points, tasks and what is told to others.</content>
internal sealed partial class SqliteCommit
{
    private readonly OfferStatements _offers;

    public CouponFound? FindCoupon(int venue, string code) => Find(_offers.ByCode, venue, code) ?? Find(_offers.ByShortCode, venue, code);

    private static CouponFound? Find(Statement by, int venue, string code)
    {
        var s = by.Bind(venue).Bind(code);
        if (!s.Read())
        {
            return null;
        }

        Guid.TryParse(s.Text(2), out var member);
        var found = new CouponFound(
            Guid.Parse(s.Text(0)), s.Text(1), member, s.Text(3), s.Text(4), (int)s.Int64(5), s.Text(6), s.Int64(7), s.Int64(8),
            s.IsNull(9) ? 0 : s.Int64(9), s.IsNull(10) ? -1 : (int)s.Int64(10), s.IsNull(11) ? "" : s.Text(11));
        s.Reset();
        return found;
    }

    public bool TakeCoupon(int venue, Guid coupon, int zone, string by, long at) =>
        _offers.Take.Bind(at).Bind(zone).Bind(by).Bind(venue).Bind(coupon).Bind(at).Run() == 1;

    public bool UndoCoupon(int venue, Guid coupon, long at) => _offers.Undo.Bind(at).Bind(venue).Bind(coupon).Run() == 1;

    public bool SetCouponState(int venue, Guid coupon, string state) => _offers.State.Bind(state).Bind(venue).Bind(coupon).Run() == 1;

    public void AddCouponEvent(in CouponEventRow row) =>
        _offers.Event.Bind(row.Venue).Bind(row.Coupon).Bind(row.What).Bind(row.By).Bind(row.Reason).Bind(row.At).Run();

    public ReplyRow? FindReply(int venue, string key)
    {
        var s = _offers.FindReply.Bind(venue).Bind(key);
        if (!s.Read())
        {
            return null;
        }

        var reply = new ReplyRow(venue, key, s.Text(0), (int)s.Int64(1), s.Text(2), s.IsNull(3) ? null : Guid.Parse(s.Text(3)), s.Int64(4));
        s.Reset();
        return reply;
    }

    public void KeepReply(in ReplyRow row) =>
        _offers.KeepReply.Bind(row.Venue).Bind(row.Key).Bind(row.Request).Bind(row.Status).Bind(row.Body).Bind(row.Member).Bind(row.At).Run();

    public void AddPoints(in PointsRow row) =>
        _offers.Points.Bind(row.Id).Bind(row.Venue).Bind(row.Member).Bind(row.Cause).Bind(row.Lot).Bind(row.Source).Bind(row.Target)
            .Bind(row.Points).Bind(row.At).Run();

    public void AddRewardOrder(in RewardOrderRow row)
    {
        var s = _offers.Order.Bind(row.Id).Bind(row.Venue).Bind(row.Number).Bind(row.Member).Bind(row.Reward).Bind(row.Points).Bind(row.Way).Bind(row.Zone).Bind(row.Code);
        (row.Address is null ? s.Bind((string?)null) : s.Bind(row.Address)).Bind(row.At).Bind(row.At).Run();
    }

    public void SetRewardOrder(int venue, Guid order, string state, long at) =>
        _offers.OrderState.Bind(state).Bind(at).Bind(state).Bind(venue).Bind(order).Run();

    public void SignRewardOrder(int venue, Guid order, string by, string? reason) =>
        _offers.OrderSigned.Bind(by).Bind(reason).Bind(venue).Bind(order).Run();

    public void AddTask(in TaskRow row) =>
        _offers.Task.Bind(row.Id).Bind(row.Venue).Bind(row.Zone).Bind(row.Member).Bind(row.Rule).Bind(row.Body).Bind(row.At).Bind(row.DueAt)
            .Bind(row.EscalateTo).Run();

    public void EscalateTask(int venue, long task, long at) => _offers.Escalate.Bind(at).Bind(venue).Bind(task).Run();

    public bool FinishTask(int venue, long task, string by, long at) => _offers.Finish.Bind(by).Bind(at).Bind(venue).Bind(task).Run() == 1;

    public void AddHook(in HookRow row) =>
        _offers.Hook.Bind(row.Id).Bind(row.Venue).Bind(row.Hook).Bind(row.Member).Bind(row.Body).Bind(row.At).Bind(row.At).Run();

    public void HookDelivered(int venue, long hook, int tries, long at) => _offers.Delivered.Bind(at).Bind(tries).Bind(venue).Bind(hook).Run();

    public void HookFailed(int venue, long hook, int tries, long? nextAt, string problem, long at) =>
        _offers.Failed.Bind(tries).Bind(nextAt ?? at).Bind(nextAt is null ? at : (long?)null).Bind(problem).Bind(venue).Bind(hook).Run();

    public bool ReviveHook(int venue, long hook, long at) => _offers.Revive.Bind(at).Bind(venue).Bind(hook).Run() == 1;

    public void AddAlarm(in AlarmRow row) => _offers.Alarm.Bind(row.Id).Bind(row.Venue).Bind(row.Rule).Bind(row.Why).Bind(row.At).Run();

    public bool ReleaseAlarm(int venue, string rule, string by, long at) => _offers.Release.Bind(by).Bind(at).Bind(venue).Bind(rule).Run() > 0;

    public int AddRuleVersion(in RuleVersionRow row)
    {
        var newest = _offers.Revision.Bind(row.Venue).Bind(row.Id);
        newest.Read();
        var revision = (int)newest.Int64(0) + 1;
        newest.Reset();
        _offers.Version.Bind(row.Venue).Bind(row.Id).Bind(revision).Bind(row.Version).Bind(row.State).Bind(row.Author).Bind(row.Document).Bind(row.At).Run();
        return revision;
    }

    public bool HasRuleVersion(int venue, string id, string document) => Exists(_offers.HasVersion.Bind(venue).Bind(id).Bind(document));

    public void ForgetDecisions(int venue, long before) => _offers.ForgetDecisions.Bind(venue).Bind(before).Run();

    private sealed class OfferStatements(Func<string, Statement> prepare)
    {
        private const string Found = "SELECT uid, code, member, offer, rule, rule_version, state, issued_at, expires_at, redeemed_at, redeemed_in, redeemed_by FROM coupons";

        // Two questions, each answered by its own index: asked as one, with an order, all coupons of the venue are looked through.
        public readonly Statement ByCode = prepare(Found + " WHERE venue = ? AND code = ?");

        public readonly Statement ByShortCode = prepare(Found + " WHERE venue = ? AND short_code = ? ORDER BY state = 'issued' DESC, id DESC LIMIT 1");

        public readonly Statement Take = prepare(
            "UPDATE coupons SET state = 'redeemed', redeemed_at = ?, redeemed_in = ?, redeemed_by = ? WHERE venue = ? AND uid = ? AND state = 'issued' AND expires_at > ?");

        public readonly Statement Undo = prepare(
            "UPDATE coupons SET state = CASE WHEN expires_at <= ? THEN 'expired' ELSE 'issued' END, redeemed_at = NULL, redeemed_in = NULL, redeemed_by = NULL WHERE venue = ? AND uid = ? AND state = 'redeemed'");

        public readonly Statement State = prepare("UPDATE coupons SET state = ? WHERE venue = ? AND uid = ? AND state = 'issued'");

        public readonly Statement Event = prepare("INSERT INTO coupon_events (venue, coupon, what, by_whom, reason, at) VALUES (?, ?, ?, ?, ?, ?)");

        public readonly Statement FindReply = prepare("SELECT request, status, body, member, at FROM replies WHERE venue = ? AND idempotency_key = ?");

        public readonly Statement KeepReply = prepare(
            "INSERT INTO replies (venue, idempotency_key, request, status, body, member, at) VALUES (?, ?, ?, ?, ?, ?, ?)");

        public readonly Statement Points = prepare(
            "INSERT INTO points (id, venue, member, cause, lot, source, target, points, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

        public readonly Statement Order = prepare(
            "INSERT INTO reward_orders (id, venue, number, member, reward, points, way, zone, code, address, state, at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)");

        public readonly Statement OrderState = prepare(
            "UPDATE reward_orders SET state = ?, changed_at = ?, address = CASE WHEN ? = 'open' THEN address END WHERE venue = ? AND id = ?");

        public readonly Statement OrderSigned = prepare("UPDATE reward_orders SET changed_by = ?, reason = ? WHERE venue = ? AND id = ?");

        public readonly Statement Task = prepare(
            "INSERT INTO tasks (id, venue, zone, member, rule, body, at, due_at, escalate_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

        public readonly Statement Escalate = prepare("UPDATE tasks SET escalated_at = ? WHERE venue = ? AND id = ?");

        public readonly Statement Finish = prepare("UPDATE tasks SET done_by = ?, done_at = ? WHERE venue = ? AND id = ? AND done_at IS NULL");

        public readonly Statement Hook = prepare("INSERT INTO hooks (id, venue, hook, member, body, at, next_at) VALUES (?, ?, ?, ?, ?, ?, ?)");

        public readonly Statement Delivered = prepare("UPDATE hooks SET delivered_at = ?, tries = ?, problem = NULL WHERE venue = ? AND id = ?");

        public readonly Statement Failed = prepare("UPDATE hooks SET tries = ?, next_at = ?, dead_at = ?, problem = ? WHERE venue = ? AND id = ?");

        public readonly Statement Revive = prepare(
            "UPDATE hooks SET dead_at = NULL, tries = 0, next_at = ? WHERE venue = ? AND id = ? AND dead_at IS NOT NULL AND delivered_at IS NULL");

        public readonly Statement Alarm = prepare("INSERT INTO alarms (id, venue, rule, why, at) VALUES (?, ?, ?, ?, ?)");

        public readonly Statement Release = prepare(
            "UPDATE alarms SET released_by = ?, released_at = ? WHERE venue = ? AND rule = ? AND released_at IS NULL");

        public readonly Statement Revision = prepare("SELECT COALESCE(MAX(revision), 0) FROM rule_versions WHERE venue = ? AND id = ?");

        public readonly Statement Version = prepare(
            "INSERT INTO rule_versions (venue, id, revision, version, state, author, document, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");

        public readonly Statement HasVersion = prepare("SELECT 1 FROM rule_versions WHERE venue = ? AND id = ? AND document = ? LIMIT 1");

        public readonly Statement ForgetDecisions = prepare("DELETE FROM decisions WHERE +venue = ? AND at < ?");
    }
}
