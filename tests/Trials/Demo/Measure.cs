namespace Presence.Trials.Demo;

/// <summary>How much of what was said is true, and how much of what is true was said; 1 where there was nothing.</summary>
internal readonly record struct Measure(int Said, int SaidRightly, int True, int TrueSaid)
{
    public double Precision => Said == 0 ? 1 : Math.Round(SaidRightly / (double)Said, 4);

    public double Recall => True == 0 ? 1 : Math.Round(TrueSaid / (double)True, 4);

    public object ToJson() => new { precision = Precision, recall = Recall, said = Said, @true = True };
}
