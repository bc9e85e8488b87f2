using System.Security.Cryptography;
using Presence.Ingest;
using Presence.Mqtt;
using Presence.Storage;
using Presence.Wire;

namespace Presence.Cloud.Stages;

/// <remarks>What one venue's part of a group does to its state, its log and the store.</remarks>
public sealed partial class Lane
{
    // As long as gateways keep a former member key.
    private static readonly TimeSpan RenewalsFor = TimeSpan.FromDays(30);

    // Until a gateway's word that it has the new key is heard, what it bound under the old one may still be under way.
    private static readonly TimeSpan KeysGetAround = TimeSpan.FromHours(1);

    private void ApplyAll(Venue venue, Gathered<GatewayRoute, MqttReceipt> group, List<VenueRequest> requests, IStoreCommit commit, long now)
    {
        venue.Output.Clear();
        _records.ResetWrittenCount();
        var first = venue.State.NextInput;
        foreach (ref readonly var item in group.Items)
        {
            if (item.Sender.Topic.Kind == TopicKind.Bind)
            {
                Bind(venue, item, group.Bytes(item), commit, ref first);
                continue;
            }

            var kind = item.Sender.Topic.Kind == TopicKind.Status ? InputKind.Status : InputKind.Sightings;
            var stream = item.Sender.Topic.Kind == TopicKind.Backlog ? (byte)1 : (byte)0;
            var input = new Input(kind, stream, item.Sender.Gateway, item.ReceivedAt, group.Bytes(item));
            switch (venue.State.Apply(input, venue.Output, out var why))
            {
                case Applied.Changed:
                    InputRecord.Write(_records, input);
                    venue.Touched.Add(item.Sender.Topic.Gateway.Value);
                    break;
                case Applied.Repeat:
                    venue.Touched.Add(item.Sender.Topic.Gateway.Value);
                    Ingest.Instruments.Repeats.Add(1);
                    break;
                case Applied.Refused:
                    Refuse(venue, item, group.Bytes(item), why.ToString(), commit);
                    break;
            }
        }

        foreach (var request in requests)
        {
            venue.Output.WriteTo(commit);
            foreach (var command in Run(request, venue, commit, now))
            {
                Apply(venue, command, now, commit, ref first);
            }
        }

        if (now - venue.LastTickAt >= _settings.TickEvery.TotalMilliseconds)
        {
            venue.LastTickAt = now;
            var tick = new Input(InputKind.Tick, 0, [], now, []);
            venue.State.Apply(tick, venue.Output, out _);
            InputRecord.Write(_records, tick);
        }

        FlushLog(venue, now, commit, ref first);
        venue.Output.WriteTo(commit);
        if (venue.ForgetSoon)
        {
            // With what was forgotten: a state of before would bring it back.
            AddSnapshot(venue, commit);
            commit.DropSnapshots(venue.Number, venue.State.NextInput);
        }
    }

    // One question that cannot be answered must not take the venues down: its asker is told, and the group is begun anew without it.
    private IEnumerable<VenueCommand> Run(VenueRequest request, Venue venue, IStoreCommit commit, long now)
    {
        if (request.HasFailed)
        {
            return [];
        }

        try
        {
            return [.. request.Run(venue, commit, now)];
        }
        catch (Exception e) when (e is not StoreException)
        {
            LogRequestFailed(venue.Map.Venue, e);
            Instruments.RequestFailures.Add(1);
            request.Fail(e);
            throw new StoreException("a request failed; what it wrote is taken back");
        }
    }

    // A member's own input lies in a row of its own, so that it can be emptied when they are erased.
    private void Apply(Venue venue, VenueCommand command, long now, IStoreCommit commit, ref long first)
    {
        // Asked for just before they were erased, or for nobody: no row and no line of the log may bring them back.
        if (command.Concerns is { } member && command is not MemberJoined && venue.State.Members.Find(new MemberId(member)) is null)
        {
            return;
        }

        FlushLog(venue, now, commit, ref first);
        var input = new Input(InputKind.Command, 0, [], now, command.Encode());
        venue.State.Apply(input, venue.Output, out _);
        InputRecord.Write(_records, input);
        commit.AppendLog(venue.Number, first, 1, now, command.Concerns, _records.WrittenSpan);
        _records.ResetWrittenCount();
        first = venue.State.NextInput;
    }

    private void FlushLog(Venue venue, long now, IStoreCommit commit, ref long first)
    {
        if (venue.State.NextInput > first)
        {
            commit.AppendLog(venue.Number, first, (int)(venue.State.NextInput - first), now, null, _records.WrittenSpan);
            _records.ResetWrittenCount();
            first = venue.State.NextInput;
        }
    }

    private void Bind(Venue venue, in Waiting<GatewayRoute, MqttReceipt> item, ReadOnlySpan<byte> payload, IStoreCommit commit, ref long first)
    {
        if (!BindReport.TryDecode(payload, out var report, out var why))
        {
            Refuse(venue, item, payload, why.ToString(), commit);
            return;
        }

        if (report.How == BindHow.Renewed)
        {
            Renew(venue, item, report, payload, commit, ref first);
            return;
        }

        // A code that is unknown, used or over binds nothing; the gateway's page has told the visitor to look at their own page.
        if (commit.UseLink(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(report.Code)), venue.Number, item.ReceivedAt) is not { } member)
        {
            LogLinkUnknown(item.Sender.Topic.Gateway.Value);
            return;
        }

        var how = report.How switch { BindHow.Tag => "tag", BindHow.Identity => "identity", _ => "link" };
        if (venue.State.Members.Find(new MemberId(member)) is { } known && known.Purposes.HasFlag(Purposes.Presence))
        {
            commit.SetBinding(venue.Number, report.Device.Hash, member, how, BoundAt(venue, item));
            Apply(venue, new DeviceBound(member, report.Device.Hash, how), item.ReceivedAt, commit, ref first);
        }
    }

    // A gateway that was off during a roll binds under the key of before until somebody seals it the new one, and be it a day. Dated before the
    // roll, such a binding is renewed like the others when the device is heard again; by the time it came it would be lost.
    private long BoundAt(Venue venue, in Waiting<GatewayRoute, MqttReceipt> item) =>
        RolledAt(venue.Map) is { } rolledAt && item.ReceivedAt - rolledAt < RenewalsFor.TotalMilliseconds && !HoldsKeys(venue.Map, item.Sender.Topic.Gateway)
            ? Math.Min(item.ReceivedAt, rolledAt - 1)
            : item.ReceivedAt;

    /// <summary>The member key of the venue was changed; a gateway heard a bound device again and says what it is called from now on.</summary>
    /// <remarks>
    /// A gateway gone bad could call any device a member's by this. So it is believed only for a while after a roll, only of a binding that is
    /// older, only for a token that is nobody's, and no more often than the member has devices.
    /// </remarks>
    private void Renew(Venue venue, in Waiting<GatewayRoute, MqttReceipt> item, BindReport report, ReadOnlySpan<byte> payload, IStoreCommit commit, ref long first)
    {
        if (!ulong.TryParse(report.Code, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var was)
            || venue.State.Members.Resolve(new DeviceToken(was)) is not { Member: var member })
        {
            Refuse(venue, item, payload, "renewal of a binding that is none", commit);
        }
        else if (venue.State.Members.Resolve(report.Device)?.Member == member)
        {
            // Another gateway heard it too.
        }
        else if (RolledAt(venue.Map) is not { } rolledAt || item.ReceivedAt - rolledAt > RenewalsFor.TotalMilliseconds)
        {
            Refuse(venue, item, payload, "renewal though no key was rolled lately", commit);
        }
        else if (!commit.MayRenew(venue.Number, was, report.Device.Hash, rolledAt, rolledAt + (long)KeysGetAround.TotalMilliseconds))
        {
            Refuse(venue, item, payload, "renewal that fits no binding", commit);
        }
        else
        {
            commit.SetBinding(venue.Number, report.Device.Hash, member.Value, "renewed", item.ReceivedAt);
            Apply(venue, new DeviceBound(member.Value, report.Device.Hash, "renewed"), item.ReceivedAt, commit, ref first);
        }
    }

    private void Refuse(Venue venue, in Waiting<GatewayRoute, MqttReceipt> item, ReadOnlySpan<byte> payload, string why, IStoreCommit commit)
    {
        var gateway = item.Sender.Topic.Gateway.Value;
        Ingest.Instruments.Unreadable.Add(1, new KeyValuePair<string, object?>("reason", why));
        if (!_refusals.Take(venue.Number, gateway, item.ReceivedAt, out var unwritten))
        {
            return;
        }

        if (unwritten > 0)
        {
            commit.AddRefused(venue.Number, gateway, item.ReceivedAt, $"and {unwritten} more in the minute before", 0, "");
        }

        commit.AddRefused(venue.Number, gateway, item.ReceivedAt, why, payload.Length, Convert.ToHexStringLower(SHA256.HashData(payload))[..16]);
        LogUnreadable(gateway, payload.Length, why);
    }

    [LoggerMessage(EventId = 5004, Level = LogLevel.Warning, Message = "{Gateway} sent {Length} bytes that cannot be read: {Reason}")]
    private partial void LogUnreadable(string gateway, int length, string reason);

    [LoggerMessage(EventId = 5005, Level = LogLevel.Information, Message = "{Gateway} reported a one-time link that is unknown, used or over")]
    private partial void LogLinkUnknown(string gateway);

    [LoggerMessage(EventId = 5007, Level = LogLevel.Error, Message = "A request of {Venue} failed by a mistake of ours; nothing of it was kept")]
    private partial void LogRequestFailed(string venue, Exception e);
}
