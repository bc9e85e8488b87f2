using System.Diagnostics.Metrics;

namespace Presence.Cloud.Endpoints;

/// <summary>What is counted at tills and on the way to other systems.</summary>
internal static class Instruments
{
    private static readonly Meter Meter = new("Presence.Offers");

    /// <summary>Redemptions asked for, by outcome.</summary>
    public static readonly Counter<long> Redemptions = Meter.CreateCounter<long>("presence.offers.redemptions", "{redemption}", "Redemptions asked for, by outcome");

    /// <summary>Tries that were turned away because a till guessed too often.</summary>
    public static readonly Counter<long> Guesses = Meter.CreateCounter<long>("presence.offers.guesses", "{try}", "Tries turned away because codes were guessed too often");

    /// <summary>Messages to other systems, by outcome: delivered, failed, dead.</summary>
    public static readonly Counter<long> Hooks = Meter.CreateCounter<long>("presence.offers.hooks", "{try}", "Tries to tell another system, by outcome");
}
