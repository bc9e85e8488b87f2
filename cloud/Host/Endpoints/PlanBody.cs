using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Presence.Visits;

namespace Presence.Cloud.Endpoints;

/// <summary>A plan to be tried or adopted; what is not given stays as it is in force, down to the single threshold of the policy.</summary>
/// <param name="Map">The whole map.</param>
/// <param name="Policy">Those thresholds that are to be others.</param>
/// <param name="Survey">The whole survey.</param>
public sealed record PlanBody(VenueMap? Map, VisitPolicy? Policy, ImmutableArray<SurveyedSpot>? Survey)
{
    private static readonly string[] Parts = ["map", "policy", "survey"];

    /// <returns>What is wrong with it, or null.</returns>
    internal static IResult? Read(JsonElement body, VenuePlan inForce, out VenuePlan plan)
    {
        plan = inForce;
        if (body.ValueKind != JsonValueKind.Object)
        {
            return Problems.Bad("$", body.ValueKind.ToString(), "an object with map, policy or survey");
        }

        try
        {
            foreach (var part in body.EnumerateObject())
            {
                if (!Parts.Contains(part.Name, StringComparer.Ordinal))
                {
                    return Problems.Bad("$." + part.Name, part.Value.GetRawText(), "a plan has map, policy and survey");
                }
            }

            if (Merged(body, inForce.Policy, out var policy) is { } odd)
            {
                return odd;
            }

            plan = new VenuePlan(Part<VenueMap>(body, "map") ?? inForce.Map, policy) { Survey = Part<ImmutableArray<SurveyedSpot>?>(body, "survey") ?? inForce.Survey };
        }
        catch (JsonException e)
        {
            return Problems.Bad(e.Path ?? "$", null, "it cannot be read as what belongs there");
        }

        if (plan.Map.Tenant != inForce.Map.Tenant || plan.Map.Venue != inForce.Map.Venue)
        {
            return Problems.Bad("$.map.venue", plan.Map.Venue, $"it must stay '{inForce.Map.Tenant}' / '{inForce.Map.Venue}'");
        }

        try
        {
            PlanCheck.Check(plan, "the plan");
            return null;
        }
        catch (SettingsException e)
        {
            return Problems.Of(400, "bad-plan", "The plan cannot be used as it is.", e.Message);
        }
    }

    // A threshold that is not known is a slip of the pen, and must not look adopted.
    private static IResult? Merged(JsonElement body, VisitPolicy inForce, out VisitPolicy policy)
    {
        policy = inForce;
        if (!body.TryGetProperty("policy", out var given) || given.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            return Problems.Bad("$.policy", given.GetRawText(), "an object of thresholds");
        }

        var merged = JsonSerializer.SerializeToNode(inForce, VenueFile.Json)!.AsObject();
        foreach (var threshold in given.EnumerateObject())
        {
            if (!merged.ContainsKey(threshold.Name))
            {
                return Problems.Bad("$.policy." + threshold.Name, threshold.Value.GetRawText(), "known are " + string.Join(", ", merged.Select(m => m.Key)));
            }

            merged[threshold.Name] = JsonNode.Parse(threshold.Value.GetRawText());
        }

        policy = merged.Deserialize<VisitPolicy>(VenueFile.Json)!;
        return null;
    }

    private static T? Part<T>(JsonElement body, string name) =>
        body.TryGetProperty(name, out var part) && part.ValueKind != JsonValueKind.Null ? part.Deserialize<T>(VenueFile.Json) : default;
}
