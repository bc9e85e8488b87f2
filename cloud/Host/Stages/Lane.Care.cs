using Presence.Storage;

namespace Presence.Cloud.Stages;

/// <remarks>After the commit: gateways and pages are told, and history is kept short.</remarks>
public sealed partial class Lane
{
    private void TellGateways(Venue venue)
    {
        (venue.ToldMembers, venue.ToldPlan) = (venue.State.Members.Version, venue.State.Plan);
        _events.ConfigChanged(venue, venue.State.Members);
        foreach (var gateway in venue.State.Gateways.Values)
        {
            venue.Touched.Add(gateway.Name);
        }
    }

    private void TellWatermarks(bool atOnce)
    {
        var now = System.Diagnostics.Stopwatch.GetTimestamp();
        if (!atOnce && System.Diagnostics.Stopwatch.GetElapsedTime(_toldWatermarksAt, now) < WatermarksEvery)
        {
            return;
        }

        _toldWatermarksAt = now;
        foreach (var venue in _venues)
        {
            foreach (var name in venue.Touched)
            {
                // One that has sent nothing yet has nothing to forget.
                if (venue.State.Gateways.TryGetValue(name, out var gateway) && gateway.Newest.Boot != 0)
                {
                    _events.Committed(venue, name, gateway.Newest);
                }
            }

            venue.Touched.Clear();
        }
    }

    private void TellFloors()
    {
        var now = System.Diagnostics.Stopwatch.GetTimestamp();
        if (System.Diagnostics.Stopwatch.GetElapsedTime(_toldFloorAt, now) < FloorEvery)
        {
            return;
        }

        _toldFloorAt = now;
        foreach (var venue in _venues)
        {
            venue.Floor = venue.State.Look();
            _events.FloorChanged(venue);
            TellCopies(venue);
        }
    }

    // Once for each, not for each look.
    private void TellCopies(Venue venue)
    {
        foreach (var (copy, _) in venue.Floor.Copies)
        {
            if (venue.ToldCopies.GetValueOrDefault(copy.Device.Hash) != copy.Since)
            {
                venue.ToldCopies[copy.Device.Hash] = copy.Since;
                var (one, other) = (venue.Map.Receivers[copy.Receiver], venue.Map.Receivers[copy.Other]);
                LogCopied(venue.Map.Venue, copy.Device, one.Gateway, one.Number, other.Gateway, other.Number, copy.Metres);
                Instruments.Copies.Add(1);
            }
        }

        if (venue.ToldCopies.Count > venue.Floor.Copies.Count)
        {
            var still = venue.Floor.Copies.Select(c => c.Copy.Device.Hash).ToHashSet();
            venue.ToldCopies.Keys.Where(token => !still.Contains(token)).ToList().ForEach(token => venue.ToldCopies.Remove(token));
        }
    }

    private void TakeCareOfHistory()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var venue in _venues)
        {
            // In a quiet venue by time: what is older than the snapshot may be forgotten, what is newer may not.
            if (venue.State.Sightings - venue.SnapshotSightings >= _settings.SnapshotEvery
                || (now - venue.LastSnapshotAt >= SnapshotAtLeastEvery.TotalMilliseconds && venue.State.NextInput > venue.SnapshotInput))
            {
                SaveSnapshot(venue);
            }

            if (now - venue.LastTrimAt >= TrimEvery.TotalMilliseconds)
            {
                venue.LastTrimAt = now;
                TryCommit(commit =>
                {
                    commit.TrimLog(venue.Number, venue.SnapshotInput, now - (long)_settings.KeepStrangers.TotalMilliseconds);
                    commit.ForgetDecisions(venue.Number, now - (long)_settings.KeepFacts.TotalMilliseconds);
                    commit.ForgetFacts(venue.Number, now - (long)_settings.KeepFacts.TotalMilliseconds);
                    commit.ForgetStrangers(venue.Number, now - (long)_settings.KeepStrangers.TotalMilliseconds);
                    commit.ForgetPapers(venue.Number, PapersKept.At(now));
                });
            }
        }
    }

    private void SaveSnapshot(Venue venue)
    {
        if (TryCommit(commit => AddSnapshot(venue, commit)))
        {
            Snapped(venue);
        }
    }

    private void AddSnapshot(Venue venue, IStoreCommit commit)
    {
        var state = new System.Buffers.ArrayBufferWriter<byte>(1024 * 1024);
        venue.State.Save(state);
        commit.AddSnapshot(venue.Number, venue.State.NextInput, _time.GetUtcNow().ToUnixTimeMilliseconds(), state.WrittenSpan);
    }

    private void Snapped(Venue venue) => (venue.SnapshotInput, venue.SnapshotSightings, venue.LastSnapshotAt) =
        (venue.State.NextInput, venue.State.Sightings, _time.GetUtcNow().ToUnixTimeMilliseconds());

    private void FoldWhatWasForgotten()
    {
        var any = false;
        foreach (var venue in _venues)
        {
            if (venue.ForgetSoon)
            {
                (venue.ForgetSoon, any) = (false, true);
                Snapped(venue);
            }
        }

        if (any)
        {
            Fold();
        }
    }

    private void Fold()
    {
        try
        {
            _store.FoldLog();
        }
        catch (StoreException e)
        {
            LogStoreFailed(0, e.Message);
        }
    }

    // Housekeeping can wait: when the disk fails now, it is tried again with the next occasion.
    private bool TryCommit(Action<IStoreCommit> what)
    {
        try
        {
            using var commit = _store.Begin();
            what(commit);
            commit.Complete();
            return true;
        }
        catch (StoreException e)
        {
            LogStoreFailed(0, e.Message);
            return false;
        }
    }

    [LoggerMessage(EventId = 5009, Level = LogLevel.Warning, Message =
        "{Venue}: {Device} is heard loud at {Gateway}/{Number} and at {Other}/{OtherNumber}, {Metres} m apart, too soon after one another: it was copied, or the plan is wrong")]
    private partial void LogCopied(string venue, DeviceToken device, string gateway, int number, string other, int otherNumber, double metres);
}
