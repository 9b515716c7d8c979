using System.Globalization;

namespace BridgeNet.Bench;

/// <summary>What a median has to stay below.</summary>
/// <param name="Milliseconds">An absolute time; null for none.</param>
/// <param name="Ratio">Times what it is compared with; null for none.</param>
internal readonly record struct Target(double? Milliseconds = null, double? Ratio = null);

/// <summary>One table, printed row by row as the rows are measured.</summary>
internal sealed class Report
{
    public void Section(string title)
    {
        Console.WriteLine();
        Console.WriteLine($"{title, -54} {"n", 4} {"median ms", 10} {"p10", 9} {"p90", 9} {"of ms", 9} {"ratio", 7}  target");
        Console.WriteLine(new string('-', 122));
    }

    /// <summary>One row.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="sample">How long it took.</param>
    /// <param name="of">What it is compared with.</param>
    /// <param name="target">What it should be.</param>
    public void Row(string name, Sample sample, Sample? of = null, Target target = default)
    {
        double ratio = of is null ? double.NaN : sample.Median / of.Median;
        string goal = target switch
        {
            { Milliseconds: { } most } => $"<= {Number(most)} ms {Verdict(sample.Median <= most)}",
            { Ratio: { } most } => $"<= {Number(most)}x {Verdict(ratio <= most)}",
            _ => "",
        };
        string[] cells =
        [
            $"{name, -54}",
            $"{sample.Count, 4}",
            $"{Fixed(sample.Median), 10}",
            $"{Fixed(sample.Tenth), 9}",
            $"{Fixed(sample.Ninth), 9}",
            $"{(of is null ? "" : Fixed(of.Median)), 9}",
            $"{(of is null ? "" : Fixed(ratio) + "x"), 7}",
            $" {goal}",
        ];
        Console.WriteLine(string.Join(' ', cells).TrimEnd());
    }

    private static string Fixed(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Verdict(bool met) => met ? "met" : "MISSED";

    private static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);
}
