namespace Presence.Offers;

/// <summary>Something that was sent to a member.</summary>
internal readonly record struct Sent(long At, string Rule, string? Offer, string Theme, int Priority, int Fatigue);

/// <summary>A rule or group a member had, and when.</summary>
internal struct Had
{
    public string What;

    /// <summary>What the period is: numbers of days and of months say nothing of each other.</summary>
    public Period Per;

    /// <summary>Number of the period.</summary>
    public int Period;

    /// <summary>Times in that period.</summary>
    public int Times;

    /// <summary>Of a group: the rule that won.</summary>
    public string By;
}

/// <summary>What the desk remembers of one member: consent, wishes, what was sent. Bounded.</summary>
internal sealed class Guest(MemberProfile profile)
{
    /// <summary>Sends remembered; caps look back over these, so one that grants more than one of a kind looks back no further.</summary>
    public const int MostSent = 64;

    public MemberProfile Profile = profile;
    public int Visit;
    public bool Present;
    public List<Sent>? Sends;
    public List<Had>? Hads;

    public ReadOnlySpan<Sent> Sent => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Sends);

    public void Remember(in Sent sent)
    {
        Sends ??= new List<Sent>(2);
        if (Sends.Count == MostSent)
        {
            // The newest of each kind stays longest: a cap of once a year or ever looks for no more.
            Sends.RemoveAt(Math.Max(0, Older()));
        }

        Sends.Add(sent);
    }

    private int Older()
    {
        for (var i = 0; i < Sends!.Count; i++)
        {
            for (var j = i + 1; j < Sends.Count; j++)
            {
                if (Sends[i].Rule == Sends[j].Rule && Sends[i].Offer == Sends[j].Offer && Sends[i].Theme == Sends[j].Theme)
                {
                    return i;
                }
            }
        }

        return -1;
    }

    public Had Find(string what, Period per)
    {
        foreach (ref readonly var had in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Hads))
        {
            if (had.What == what && had.Per == per)
            {
                return had;
            }
        }

        return new Had { What = what, Per = per, Period = int.MinValue, By = "" };
    }

    public void Note(string what, Period per, int period, string by)
    {
        Hads ??= new List<Had>(2);
        foreach (ref var had in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Hads))
        {
            if (had.What == what && had.Per == per)
            {
                had.Times = had.Period == period ? had.Times + 1 : 1;
                had.Period = period;
                had.By = by;
                return;
            }
        }

        Hads.Add(new Had { What = what, Per = per, Period = period, Times = 1, By = by });
    }
}
