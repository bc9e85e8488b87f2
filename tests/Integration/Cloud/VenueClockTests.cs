using System.Buffers;
using Presence.Cloud.Stages;
using Presence.Kit.Wire;
using Presence.Visits;
using Presence.Wire;

namespace Presence.Integration.Cloud;

/// <summary>A gateway's clock may be wrong, and a gateway may die: visits come out the same, or end where its evidence did.</summary>
public sealed class VenueClockTests
{
    private const long Morning = 1_795_219_200_000;

    [Theory]
    [InlineData(-7_200_000)]
    [InlineData(-45_000)]
    [InlineData(30_000)]
    [InlineData(86_400_000)]
    public void A_gateway_whose_clock_is_wrong_tells_the_same_visits(long error)
    {
        var (right, wrong) = (Visits(0, dies: false), Visits(error, dies: false));
        Assert.NotEmpty(right);
        Assert.Equal(right.Count, wrong.Count);
        foreach (var (a, b) in right.Zip(wrong))
        {
            Assert.Equal(a.Token, b.Token);
            // The way of a message is taken for a part of the error: half a second here.
            Assert.InRange(Math.Abs(a.Since - b.Since), 0, 2_000);
            Assert.InRange(Math.Abs(a.Until - b.Until), 0, 2_000);
        }
    }

    [Fact]
    public void A_gateway_that_dies_ends_nobodys_visit_before_the_limit_and_each_where_its_evidence_ended() => AssertCut(Visits(0, dies: true));

    [Fact]
    public void A_gateway_that_is_on_line_and_sends_nothing_any_more_holds_up_the_venue_no_longer_than_one_that_dies() => AssertCut(Visits(0, dies: true, isOnLine: true));

    private static void AssertCut(List<Storage.VisitRow> cut)
    {
        var whole = Visits(0, dies: false).ToDictionary(v => v.Token);
        Assert.Equal(whole.Keys.Order(), cut.Select(v => v.Token).Order());
        Assert.All(cut, v => Assert.InRange(v.Until, whole[v.Token].Since, whole[v.Token].Until));
        Assert.Contains(cut, v => ((EvidenceSources)v.Sources).HasFlag(EvidenceSources.CutShort));
    }

    [Fact]
    public void Nobodys_visit_waits_for_a_gateway_that_was_taken_out_of_the_plan()
    {
        var since = Morning + (120 * 10_000L);
        var later = Visits(0, dies: true, takenOut: true).Where(v => v.Since > since).ToList();
        Assert.NotEmpty(later);
        Assert.DoesNotContain(later, v => ((EvidenceSources)v.Sources).HasFlag(EvidenceSources.CutShort));
    }

    [Fact]
    public void A_spool_that_comes_back_is_told_its_own_watermark()
    {
        var gateway = new GatewayClock("gw-1");
        Begin(1);
        Assert.True(gateway.TryAdvance(1, 0, 100));
        Begin(2);
        Assert.True(gateway.TryAdvance(2, 0, 5));

        // The first disk is put in again.
        Begin(1);
        Assert.Equal(new BootMark(1, 100, 0), gateway.Newest);

        // An image of it is restored over and over; each time the spool learns that it went back, and begins anew.
        for (var again = 3UL; again < 40; again++)
        {
            Begin(again);
            Assert.Equal(new BootMark(again, 0, 0), gateway.Newest);
            Begin(1);
            Assert.Equal(new BootMark(1, 100, 0), gateway.Newest);
        }

        void Begin(ulong boot) => gateway.Heard(new GatewayStatus { Boot = boot, At = Morning, Online = true, CompleteTo = Morning, Version = "test" }, Morning, 1_000);
    }

    [Fact]
    public void A_device_that_is_nobodys_any_more_is_not_kept_by_its_lasting_token()
    {
        var strangers = Visits(0, dies: false, bound: 3);
        Assert.Equal(9, strangers.Count);
        Assert.DoesNotContain(strangers, v => v.Token == 4);
    }

    [Theory]
    [InlineData(10 * 365 * 86_400_000L)]
    [InlineData(-10 * 365 * 86_400_000L)]
    public void A_gateway_that_speaks_first_and_years_from_now_makes_the_venue_deaf_to_nobody(long error)
    {
        var map = Kit.Simulator.DemoMall.Map;
        var state = new VenueState(1, map, new VenueSettings(), new DecisionStage(map, new byte[32]));
        var gateways = map.Receivers.Select(r => r.Gateway).Distinct().Take(2).ToArray();
        for (var step = 0; step < 60; step++)
        {
            for (var g = 0; g < 2; g++)
            {
                var at = Morning + (step * 10_000L);
                var batch = new Batch
                {
                    Boot = 7, Sequence = (ulong)step + 1, Tokens = [(ulong)g + 1], Traits = [TokenTraits.Random], Exact = [5], Coarse = [5], Device = [0],
                    Receiver = [(ushort)map.Receivers.First(r => r.Gateway == gateways[g]).Number], Dbm = [-50], At = [at + (g == 0 ? error : 0)],
                };
                state.Apply(new Input(InputKind.Sightings, 0, InputRecord.NameOf(gateways[g]), at + 500, batch.Encode()), new VenueOutput(), out _);
            }
        }

        Assert.True(state.Visits.IsHere(new DeviceToken(2)));
        Assert.Equal(error > 0 ? 60 : 0, state.Visits.Refused);
    }

    [Fact]
    public void Doors_begin_anew_at_the_day_change_of_the_plan_in_force()
    {
        var map = Kit.Simulator.DemoMall.Map;
        var state = new VenueState(1, map, new VenueSettings(), new DecisionStage(map, new byte[32]));
        var later = new PlanChanged(PlanJson.Write(new VenuePlan(map with { DayChange = new(9, 0) }, new VisitPolicy())));
        Apply(InputKind.Command, "", Morning, later.Encode());
        Pass(1, Morning + 1_800_000); // 08:30 in Shanghai
        Pass(2, Morning + 5_400_000); // 09:30
        Assert.Equal(1, state.Look().Doors.In);

        void Pass(ulong sequence, long at) => Apply(InputKind.Sightings, map.Receivers[0].Gateway, at, new Batch
        {
            Boot = 7, Sequence = sequence, Tokens = [1], Traits = [TokenTraits.Door], Exact = [0], Coarse = [0], Device = [0], Receiver = [0], Dbm = [DoorWords.In], At = [at],
        }.Encode());
        void Apply(InputKind kind, string gateway, long at, byte[] payload) =>
            Assert.Equal(Applied.Changed, state.Apply(new Input(kind, 0, InputRecord.NameOf(gateway), at, payload), new VenueOutput(), out _));
    }

    // Two gateways, forty minutes of ten devices; the second one's clock is off by so much, or after twenty minutes it dies, or is on line and sends nothing.
    private static List<Storage.VisitRow> Visits(long error, bool dies, bool takenOut = false, bool isOnLine = false, int bound = -1)
    {
        var map = Kit.Simulator.DemoMall.Map;
        var state = new VenueState(1, map, new VenueSettings(), new DecisionStage(map, new byte[32]));
        var (output, visits) = (new VenueOutput(), new List<Storage.VisitRow>());
        var gateways = map.Receivers.Select(r => r.Gateway).Distinct().Take(2).ToArray();
        var dice = new Random(5);
        for (var step = 0; step < 480; step++)
        {
            var at = Morning + (step * 10_000L);
            if (takenOut && step == 121)
            {
                var rest = map with { Receivers = [.. map.Receivers.Where(r => r.Gateway != gateways[1])] };
                Apply(InputKind.Command, "", at, new PlanChanged(PlanJson.Write(new VenuePlan(rest, new VisitPolicy()))).Encode());
            }

            for (var g = 0; g < 2; g++)
            {
                var dead = g == 1 && dies && step > 120;
                if (dead && !isOnLine)
                {
                    continue;
                }

                // A disk that takes nothing: nothing new is complete.
                var off = g == 1 ? error : 0;
                var complete = dead ? Morning + (120 * 10_000L) : at + off - 1_000;
                var status = new GatewayStatus { Boot = 7, At = at + off, Online = true, CompleteTo = complete, LiveSequence = (ulong)step + 1, Version = "test" };
                Apply(InputKind.Status, gateways[g], at + 500, status.Encode());
                if (step < 240 && !dead)
                {
                    var batch = new Batch
                    {
                        Boot = 7,
                        Sequence = (ulong)step + 1,
                        Tokens = [.. Enumerable.Range(0, 10).Select(d => (ulong)(d + 1))],
                        Traits = [.. Enumerable.Range(0, 10).Select(d => d == bound ? TokenTraits.Bound : TokenTraits.None)],
                        Device = [.. Enumerable.Range(0, 10).Select(d => (ushort)d)],
                        Receiver = [.. Enumerable.Range(0, 10).Select(d => (ushort)(2 + (d % 6)))],
                        Dbm = [.. Enumerable.Range(0, 10).Select(_ => (sbyte)(-60 - dice.Next(10)))],
                        At = [.. Enumerable.Range(0, 10).Select(d => at + off - 2_000 + (d * 10L))],
                    };
                    Apply(InputKind.Sightings, gateways[g], at + 500, batch.Encode());
                }
            }

            Apply(InputKind.Tick, "", at + 900, []);
        }

        return [.. visits.OrderBy(v => v.Token)];

        void Apply(InputKind kind, string gateway, long received, byte[] payload)
        {
            state.Apply(new Input(kind, 0, InputRecord.NameOf(gateway), received, payload), output, out _);
            visits.AddRange(output.Visits);
            output.Clear();
        }
    }
}
