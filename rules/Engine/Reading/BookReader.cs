using System.Collections.Immutable;
using System.Text.Json;

namespace Presence.Engine.Reading;

/// <summary>Reads documents into a book, keeping those without a problem.</summary>
internal sealed class BookReader(RuleVenue? venue)
{
    private const int Longest = 256 * 1024;
    private readonly List<Problem> _problems = [];
    private readonly List<(string File, RuleDocument Rule)> _rules = [];
    private readonly List<(string File, JourneyDocument Journey)> _journeys = [];
    private readonly List<(string File, SegmentDocument Segment)> _segments = [];
    private readonly List<(string File, EventDocument Event)> _events = [];

    public void Read(string name, string json)
    {
        if (json.Length > Longest)
        {
            _problems.Add(new Problem(name, "$", $"{json.Length} characters", $"at most {Longest}"));
            return;
        }

        try
        {
            using var text = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 40, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false });
            if (text.RootElement.ValueKind == JsonValueKind.Array)
            {
                foreach (var (i, item) in text.RootElement.EnumerateArray().Index())
                {
                    One(new Node(item, $"$[{i}]", name, _problems), name);
                }
            }
            else
            {
                One(new Node(text.RootElement, "$", name, _problems), name);
            }
        }
        catch (JsonException e)
        {
            _problems.Add(new Problem(name, e.Path ?? "$", $"broken JSON in line {e.LineNumber + 1}", "a JSON document: " + e.Message));
        }
    }

    public RuleBook Finish(out ImmutableArray<Problem> problems)
    {
        foreach (var twice in _rules.Select(r => (r.File, r.Rule.Id)).Concat(_journeys.Select(j => (j.File, j.Journey.Id))).GroupBy(d => d.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            _problems.Add(new Problem(twice.Last().File, "$.id", twice.Key, $"an id of its own; {twice.First().File} has this one"));
        }

        var bad = _problems.Select(p => p.Document).ToHashSet(StringComparer.Ordinal);
        problems = [.. _problems];
        return new RuleBook
        {
            Rules = [.. _rules.Where(r => !bad.Contains(r.File)).Select(r => r.Rule).OrderBy(r => r.Id, StringComparer.Ordinal)],
            Journeys = [.. _journeys.Where(j => !bad.Contains(j.File)).Select(j => j.Journey).OrderBy(j => j.Id, StringComparer.Ordinal)],
            Segments = [.. _segments.Where(s => !bad.Contains(s.File)).Select(s => s.Segment).OrderBy(s => s.Id, StringComparer.Ordinal)],
            Events = [.. _events.Where(e => !bad.Contains(e.File)).Select(e => e.Event).OrderBy(e => e.Id, StringComparer.Ordinal)],
        };
    }

    private void One(Node at, string file)
    {
        var before = _problems.Count;
        if (at.Get("steps") is not null)
        {
            var journey = Journey(at);
            Names.Check(at, journey, venue);
            _journeys.Add((file, journey));
        }
        else if (at.Get("segment") is { } segment)
        {
            at.Object("$schema", "segment", "title", "if");
            _segments.Add((file, new SegmentDocument(segment.Name(), at.Need("title").Words(), ConditionReader.List(at.Need("if")))));
        }
        else if (at.Get("event") is { } happening)
        {
            at.Object("$schema", "event", "fields");
            _events.Add((file, new EventDocument(happening.Name(), [.. at.Need("fields").Items().Select(f => f.Text(64))])));
        }
        else if (at.Object("$schema", "id", "version", "state", "author", "title", "reason", "when", "if", "then", "limits", "examples"))
        {
            var rule = Head(at, new RuleDocument
            {
                Id = at.Need("id").Name(),
                Version = at.Need("version").Int(1, 1_000_000),
                State = State(at.Need("state")),
                Author = at.Need("author").Text(100),
                Title = at.Need("title").Words(),
                Reason = at.Get("reason")?.Words() ?? new LocalText("?"),
                Limits = ActionReader.Limits(at.Get("limits"), journey: false),
                When = TriggerReader.Read(at.Need("when")),
                If = ConditionReader.List(at.Get("if")),
                Then = ActionReader.List(at.Need("then")),
            });
            if (_problems.Count == before)
            {
                Names.Check(at, rule, venue);
            }

            _rules.Add((file, rule));
        }
    }

    private static JourneyDocument Journey(Node at)
    {
        at.Object("$schema", "id", "version", "state", "author", "title", "reason", "start", "if", "reentry", "exit", "steps", "limits", "examples");
        return Head(at, new JourneyDocument
        {
            Id = at.Need("id").Name(),
            Version = at.Need("version").Int(1, 1_000_000),
            State = State(at.Need("state")),
            Author = at.Need("author").Text(100),
            Title = at.Need("title").Words(),
            Reason = at.Get("reason")?.Words() ?? new LocalText("?"),
            Limits = ActionReader.Limits(at.Get("limits"), journey: true),
            Start = TriggerReader.Read(at.Need("start")),
            If = ConditionReader.List(at.Get("if")),
            Reentry = at.Get("reentry") is { } again ? ActionReader.ReadPeriod(again) : Period.Ever,
            Exit = at.Get("exit") is { } exit ? [.. exit.Items(16).Select(StepReader.Branch)] : [],
            Steps = [.. at.Need("steps").Items(64).Select(StepReader.Read)],
        });
    }

    private static T Head<T>(Node at, T document)
        where T : Document => document with
        {
            // Without words of its own the title is the reason.
            Reason = at.Get("reason") is null ? document.Title : document.Reason,
            Examples = at.Get("examples") is { } examples ? [.. examples.Items().Select(ExampleReader.Read)] : [],
        };

    private static DocumentState State(Node node) => node.Word(
        ("draft", DocumentState.Draft), ("published", DocumentState.Published), ("paused", DocumentState.Paused), ("archived", DocumentState.Archived));
}
