using Presence.Visits;

namespace Presence.Cloud.Stages;

/// <content>What visits are decided by, and who is no visitor.</content>
public sealed partial class VenueState
{
    /// <summary>A member's tag that says they work here; their bound devices are no visitors.</summary>
    public const string StaffTag = "staff";

    private string? _planText;

    private string PlanText => _planText ??= PlanJson.Write(Plan);

    /// <summary>Whether a plan is the one in force.</summary>
    public bool Holds(VenuePlan plan) => string.Equals(PlanJson.Write(plan.KeepingZonesOf(Map)), PlanText, StringComparison.Ordinal);

    // Zones keep their index, so rows written before still name the right one.
    private void ChangePlan(VenuePlan plan, VenueOutput output)
    {
        plan = plan.KeepingZonesOf(Map);
        _happened.Clear();
        var next = _visits.ChangePlan(plan, _happened);
        Happened(output);
        TakePlan(plan);
        _visits = next;
    }

    private void TakePlan(VenuePlan plan)
    {
        (Plan, _planText) = (plan, null);
        _calendar = Map.Calendar();
        NumberReceivers();
        Decisions.Replace(plan.Map);
    }

    // By gateway: from its own number for a receiver to the index in the plan.
    private void NumberReceivers()
    {
        _copies = new(Map);
        _receiverTables.Clear();
        _places.Clear();
        foreach (var gateway in Map.Receivers.Index().GroupBy(r => r.Item.Gateway, StringComparer.Ordinal))
        {
            var table = Enumerable.Repeat(ushort.MaxValue, gateway.Max(r => r.Item.Number) + 1).ToArray();
            foreach (var (index, receiver) in gateway)
            {
                table[receiver.Number] = (ushort)index;
            }

            _receiverTables[gateway.Key] = table;
            _places[gateway.Key] = _places.Count;
        }

        // One that was taken out is kept, for how far its streams came: put back it must not be counted twice.
        foreach (var gateway in _gateways.Values)
        {
            gateway.IsPlanned = _receiverTables.ContainsKey(gateway.Name);
        }
    }

    /// <summary>Ends and settles all that is under way, at its last evidence; the state is of no use after.</summary>
    internal void Finish(VenueOutput output)
    {
        _happened.Clear();
        _visits.ChangePlan(Plan, _happened);
        Happened(output);
    }

    private void Mark(DeviceMarked marked, long at, VenueOutput output)
    {
        _happened.Clear();
        _visits.Mark(new(marked.Token), marked.Role, marked.Zone is null ? -1 : Map.ZoneIndex(marked.Zone), at, marked.Bound, _happened);
        Happened(output);
    }
}
