using System.Buffers;
using System.Collections.Immutable;

namespace Presence.Offers;

/// <content>Saving and restoring.</content>
public sealed partial class OfferDesk
{
    private const int Version = 2;

    /// <summary>Writes the whole state; the same state gives the same bytes.</summary>
    public void Save(IBufferWriter<byte> to)
    {
        var w = new StateWriter(to);
        w.Write(Version);
        w.Write(_decisions);
        w.Write(_guests.Count);
        foreach (var guest in _guests.Values.OrderBy(g => g.Profile.Member.Value))
        {
            Save(w, guest);
        }

        w.Write(_coupons.Count);
        foreach (var coupon in _coupons.Values.OrderBy(c => c.Id.Value))
        {
            Save(w, coupon);
            w.Write(_charges[coupon.Id].Length);
            foreach (var (what, period, cents) in _charges[coupon.Id])
            {
                w.Write(what);
                w.Write(period);
                w.Write(cents);
            }
        }

        w.Write(_postponed.Count);
        foreach (var waiting in _postponed)
        {
            Save(w, waiting);
        }

        var used = _counters.All.ToList();
        w.Write(used.Count);
        foreach (var (what, period, amount) in used)
        {
            w.Write(what);
            w.Write(period);
            w.Write(amount);
        }

        w.Write(_storm.ForAll.Count);
        foreach (var rule in _storm.ForAll)
        {
            w.Write(rule);
        }

        var recent = _storm.Recent.ToList();
        w.Write(recent.Count);
        foreach (var ((rule, member), (since, times)) in recent)
        {
            w.Write(rule);
            w.Write(member.Value);
            w.Write(since);
            w.Write(times);
        }
    }

    /// <summary>Takes the state of a snapshot into a new desk.</summary>
    /// <param name="from">What saving wrote.</param>
    /// <param name="find">Finds a rule or step; what is postponed of one that no longer exists is forgotten.</param>
    public void Load(ReadOnlySpan<byte> from, Func<string, string?, (RuleHead Head, ImmutableArray<RuleAction> Then)?> find)
    {
        var r = new StateReader(from);
        if (r.Long() is var version && version != Version)
        {
            throw new FormatException($"a snapshot of version {version}, expected {Version}");
        }

        _decisions = r.Long();
        for (var i = r.Count(); i > 0; i--)
        {
            var guest = LoadGuest(ref r);
            _guests[guest.Profile.Member] = guest;
        }

        for (var i = r.Count(); i > 0; i--)
        {
            var coupon = LoadCoupon(ref r);
            var charges = new Charge[r.Count()];
            for (var j = 0; j < charges.Length; j++)
            {
                charges[j] = new Charge(r.Text() ?? "", r.Int(), r.Long());
            }

            if (_offers.ContainsKey(coupon.Offer))
            {
                _coupons[coupon.Id] = coupon;
                _charges[coupon.Id] = [.. charges];
                _expiries.Add((coupon.ExpiresAt, coupon.Id));
            }
        }

        for (var i = r.Count(); i > 0; i--)
        {
            LoadPostponed(ref r, find);
        }

        for (var i = r.Count(); i > 0; i--)
        {
            _counters.Use(r.Text() ?? "", r.Int(), r.Long());
        }

        for (var i = r.Count(); i > 0; i--)
        {
            _storm.Restore(r.Text() ?? "");
        }

        for (var i = r.Count(); i > 0; i--)
        {
            _storm.Restore(r.Text() ?? "", new MemberId(r.Guid()), r.Long(), r.Int());
        }
    }

    private static void Save(StateWriter w, Guest guest)
    {
        w.Write(guest.Profile);
        w.Write(guest.Visit);
        w.Write(guest.Present);
        w.Write(guest.Sent.Length);
        foreach (ref readonly var sent in guest.Sent)
        {
            w.Write(sent.At);
            w.Write(sent.Rule);
            w.Write(sent.Offer);
            w.Write(sent.Theme);
            w.Write(sent.Priority);
            w.Write(sent.Fatigue);
        }

        w.Write(guest.Hads?.Count ?? 0);
        foreach (var had in guest.Hads ?? [])
        {
            w.Write(had.What);
            w.Write((long)had.Per);
            w.Write(had.Period);
            w.Write(had.Times);
            w.Write(had.By);
        }
    }

    private static Guest LoadGuest(ref StateReader r)
    {
        var guest = new Guest(r.Profile()) { Visit = r.Int(), Present = r.Bool() };
        for (var i = r.Count(); i > 0; i--)
        {
            guest.Remember(new Sent(r.Long(), r.Text() ?? "", r.Text(), r.Text() ?? "", r.Int(), r.Int()));
        }

        for (var i = r.Count(); i > 0; i--)
        {
            (guest.Hads ??= []).Add(new Had { What = r.Text() ?? "", Per = (Period)r.Long(), Period = r.Int(), Times = r.Int(), By = r.Text() ?? "" });
        }

        return guest;
    }

    private static void Save(StateWriter w, Coupon coupon)
    {
        w.Write(coupon.Id.Value);
        w.Write(coupon.Code);
        w.Write(coupon.ShortCode);
        w.Write(coupon.Member.Value);
        w.Write(coupon.Offer);
        w.Write(coupon.Rule);
        w.Write(coupon.RuleVersion);
        w.Write(coupon.IssuedAt);
        w.Write(coupon.ExpiresAt);
        w.Write((long)coupon.State);
        w.Write(coupon.RedeemedAt);
        w.Write(coupon.RedeemedIn);
        w.Write(coupon.Qr);
    }

    private static Coupon LoadCoupon(ref StateReader r) => new()
    {
        Id = new CouponId(r.Guid()),
        Code = r.Text() ?? "",
        ShortCode = r.Text() ?? "",
        Member = new MemberId(r.Guid()),
        Offer = r.Text() ?? "",
        Rule = r.Text() ?? "",
        RuleVersion = r.Int(),
        IssuedAt = r.Long(),
        ExpiresAt = r.Long(),
        State = (CouponState)r.Long(),
        RedeemedAt = r.Long(),
        RedeemedIn = r.Int(),
        Qr = r.Text() ?? "",
    };

    private void Save(StateWriter w, Postponed waiting)
    {
        var candidate = waiting.Candidate;
        w.Write(candidate.Rule.Id);
        w.Write(candidate.Step);
        w.Write(candidate.Member.Value);
        w.Write(candidate.At);
        w.Write(candidate.Zone);
        w.Write(candidate.Depth);
        w.Write(waiting.RetryAt);
        w.Write(waiting.ExpiresAt);
        w.Write(candidate.Because.Length);
        foreach (var reading in candidate.Because)
        {
            w.Write(reading.Gate);
            w.Write(reading.Passed);
            w.Write(reading.Observed);
            w.Write(reading.Threshold);
            w.Write(reading.Nearest);
        }

        w.Write(waiting.Then.Length);
        foreach (var action in waiting.Then)
        {
            w.Write(candidate.Then.IndexOf(action));
        }
    }

    private void LoadPostponed(ref StateReader r, Func<string, string?, (RuleHead Head, ImmutableArray<RuleAction> Then)?> find)
    {
        string rule = r.Text() ?? "";
        var step = r.Text();
        var found = find(rule, step);
        var candidate = new Candidate
        {
            Rule = found?.Head ?? new RuleHead(rule, 0, new LocalText(""), new RuleLimits(), Purposes.None, new LocalText("")),
            Step = step,
            Then = found?.Then ?? [],
            Member = new MemberId(r.Guid()),
            At = r.Long(),
            Zone = r.Int(),
            Depth = r.Int(),
        };
        var (retryAt, expiresAt) = (r.Long(), r.Long());
        var because = new GateReading[r.Count()];
        for (var i = 0; i < because.Length; i++)
        {
            because[i] = new GateReading(r.Text() ?? "", r.Bool(), r.Text() ?? "", r.Text() ?? "", r.Text());
        }

        var then = new List<RuleAction>();
        for (var i = r.Count(); i > 0; i--)
        {
            if (r.Int() is >= 0 and var index && index < candidate.Then.Length)
            {
                then.Add(candidate.Then[index]);
            }
        }

        if (then.Count > 0)
        {
            Postpone(new Postponed(candidate with { Because = [.. because] }, [.. then], retryAt, expiresAt));
        }
    }
}
