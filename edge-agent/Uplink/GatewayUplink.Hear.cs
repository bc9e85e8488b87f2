using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Uplink;

/// <remarks>What the cloud says.</remarks>
public sealed partial class GatewayUplink
{
    private void Take(Session session, MqttMessage message)
    {
        if (!Topics.TryParse(message.Topic, out var topic) || topic.Gateway != _options.Gateway)
        {
            Instruments.Strange.Add(1, new KeyValuePair<string, object?>("reason", "topic"));
            return;
        }

        var why = Refusal.None;
        switch (topic.Kind)
        {
            case TopicKind.Committed when CommittedWatermark.TryDecode(message.Payload.Span, out var watermark, out why):
                if (!message.Retain && watermark.At > 0)
                {
                    OnCloudTime(watermark.At);
                }

                TakeWatermark(session, watermark);
                break;
            case TopicKind.Config when GatewayConfig.TryDecode(message.Payload.Span, out var config, out why):
                OnConfig(config);
                break;
            case TopicKind.Keys when KeyMessage.TryDecode(message.Payload.Span, out var keys, out why):
                OnKeys(keys);
                break;
            case TopicKind.Certificate:
                OnCertificate(message.Payload.ToArray());
                break;
            default:
                LogStrange(topic.Kind, why);
                Instruments.Strange.Add(1, new KeyValuePair<string, object?>("reason", why.ToString()));
                break;
        }
    }

    private void TakeWatermark(Session session, CommittedWatermark watermark)
    {
        // Of another incarnation: it says that the cloud is there, and nothing about our batches.
        if (watermark.Boot == _spool.Boot)
        {
            CommittedWatermark before;
            lock (_gate)
            {
                (before, _watermark) = (_watermark, watermark);
            }

            if (before.Boot == watermark.Boot && (watermark.Live < before.Live || watermark.Backlog < before.Backlog))
            {
                // What lies between is forgotten here and, it seems, there too.
                LogCloudForgot(before.Live, before.Backlog, watermark.Live, watermark.Backlog);
            }

            session.CommittedAt = _wall.GetTimestamp();
            if (Math.Max(watermark.Live, watermark.Backlog) > (ulong)Interlocked.Read(ref session.MostSent))
            {
                // It has what we never sent: handled before sending begins, not by forgetting what may be new.
                bool isNews;
                lock (_gate)
                {
                    isNews = _usedUp != watermark.Boot;
                    (_usedUp, _vouchedFor) = (watermark.Boot, 0);
                }

                if (isNews && session.IsSending)
                {
                    session.Replaced = true;
                    _ = session.Client.DisconnectAsync();
                }
            }
            else
            {
                lock (_gate)
                {
                    _vouchedFor = watermark.Boot;
                }

                // A word that nothing has arrived yet lets nothing go.
                if (watermark is not { Live: 0, Backlog: 0 })
                {
                    OnStep("before-trim");
                    Forget(watermark);
                }
            }

            session.FirstWord.TrySetResult();
        }

        _nudge.Writer.TryWrite(true);
    }
}
