using System.Text.Json;
using Presence.Visits;

namespace Presence.Cloud.Stages;

/// <summary>A venue's plan as it stands in the log, in snapshots and in the API.</summary>
public static class PlanJson
{
    public static string Write(VenuePlan plan) => JsonSerializer.Serialize(plan, VenueFile.Json);

    /// <exception cref="InvalidDataException">No plan; the log or snapshot is broken.</exception>
    public static VenuePlan Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<VenuePlan>(text, VenueFile.Json) ?? throw new InvalidDataException("an empty plan");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the plan cannot be read: {e.Message}", e);
        }
    }
}
