using Microsoft.Extensions.Logging;
using Presence.Mqtt;
using Presence.Wire;

namespace Presence.Uplink;

/// <remarks>What is written of it.</remarks>
public sealed partial class GatewayUplink
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Connected to {Host}:{Port}")]
    private partial void LogConnected(string host, int port);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "No connection: {Why}; trying again in {Pause}")]
    private partial void LogBreak(string why, TimeSpan pause);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Error, Message = "The cloud has batches up to {Live} and {Backlog} that this spool never gave: it went back in time and takes a new name")]
    private partial void LogBackInTime(ulong live, ulong backlog);

    [LoggerMessage(EventId = 2007, Level = LogLevel.Error, Message = "The cloud had committed up to {Live} and {Backlog} and now says {LiveNow} and {BacklogNow}: its store went back in time")]
    private partial void LogCloudForgot(ulong live, ulong backlog, ulong liveNow, ulong backlogNow);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning, Message = "A message of kind {Kind} was not understood: {Why}")]
    private partial void LogStrange(TopicKind kind, Refusal why);

    [LoggerMessage(EventId = 2008, Level = LogLevel.Error, Message = "A message of kind {Kind} and {Bytes} bytes is larger than is taken, and was left out")]
    private partial void LogTooLarge(TopicKind? kind, long bytes);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Warning, Message = "The cloud refused batch {Number}: {Reason}")]
    private partial void LogRefused(long number, MqttReasonCode reason);

    [LoggerMessage(EventId = 2006, Level = LogLevel.Warning, Message = "No commit for {Patience} though batches wait for one; sending all again")]
    private partial void LogNoCommit(TimeSpan patience);
}
