using System.Runtime.InteropServices;
using Presence.Trials;
using Presence.Trials.Crash;
using Presence.Trials.Demo;

using var stopping = new CancellationTokenSource();
using var interrupted = StopOn(PosixSignal.SIGINT);
using var terminated = StopOn(PosixSignal.SIGTERM);

try
{
    return args switch
    {
        ["demo", .. var rest] => await DemoCommand.RunAsync(rest, stopping.Token),
        ["crash", .. var rest] => await CrashCommand.RunAsync(rest, stopping.Token),
        ["spool", .. var rest] => await SpoolCommand.RunAsync(rest, stopping.Token),
        ["outage", .. var rest] => await Presence.Trials.Outage.OutageCommand.RunAsync(rest, stopping.Token),
        ["radios", .. var rest] => await Presence.Trials.Radios.RadiosCommand.RunAsync(rest, stopping.Token),
        ["replay", .. var rest] => await ReplayCommand.RunAsync(rest, stopping.Token),
        ["fuzz", .. var rest] => FuzzCommand.Run(rest),
        ["backtest", .. var rest] => BackTestCommand.Run(rest, Console.Out, Console.IsErrorRedirected ? TextWriter.Null : Console.Error, stopping.Token),
        ["till", .. var rest] => await TillCommand.RunAsync(rest, Console.Out, stopping.Token),
        ["simulate", .. var rest] => SimulateCommand.Run(rest),
        ["state", .. var rest] => StateCommand.Run(rest, Console.Out),
        ["decode", .. var rest] => Presence.Capture.Decode.DecodeCommand.Run(rest, Console.Out, Console.Error),
        ["eval", "decode" or "vectors", ..] => Presence.Capture.Decode.EvalCommand.Run(args[1..], Console.Out, Console.Error),
        ["eval", .. var rest] => Presence.Trials.Eval.EvalCommand.Run(rest, Console.Out, Console.Error),
        ["mqtt", .. var rest] => await MqttCommand.RunAsync(rest, stopping.Token),
        _ => Usage(),
    };
}
catch (Exception e) when (e is Refused or HttpRequestException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("stopped");
    return 130;
}

// What runs programs stops them first; what only computes ends at once, as it always would.
PosixSignalRegistration StopOn(PosixSignal which) => PosixSignalRegistration.Create(which, signal =>
{
    signal.Cancel = args is ["demo" or "crash" or "spool" or "outage" or "radios" or "replay" or "mqtt" or "backtest", ..];
    stopping.Cancel();
});

static int Usage()
{
    Console.Error.WriteLine("""
        presence-trials demo [--speed N] [--headless] [--seconds N] [--http PORT] [--mqtt PORT] [--seed N] [--strangers N] [--data DIR] [--warm-up SECONDS]
        presence-trials crash [--rounds N] [--power-cuts] [--seed N] [--data DIR]
        presence-trials spool [--cuts N] [--kills N] [--tears N] [--seconds-each N] [--seed N]
        presence-trials outage [--hours N] [--rate N] [--devices-of-ten N] [--data DIR]
        presence-trials radios --machine FOLDER [--minutes N] [--data DIR]
        presence-trials replay FILE... [--speed N] [--data DIR]
        presence-trials fuzz [--seconds N] [--seed N] [--only NAME,NAME]
        presence-trials backtest RULES [--days N] [--members N] [--live FOLDER|none] [--seed N] [--json]
        presence-trials till --url URL --venue V --code CODE [--tries N] [--name NAME] [--zone ZONE]
        presence-trials state [--devices N] [--minutes N] [--seed N]
        presence-trials decode FILE [--raw]
        presence-trials eval TASK --data DIR --out FILE
        presence-trials mqtt --open [--port N]
        presence-trials simulate --out DIR [--seed N] [--strangers N] [--from HH:mm] [--until HH:mm]
        """);
    return 2;
}
