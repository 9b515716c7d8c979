namespace BridgeNet.Simulation;

/// <summary>
/// Makes a history that fails as short as it can be: it takes out commands, faults and all else, one by one, as long as what is left still
/// fails.
/// </summary>
internal static class Shrinker
{
    /// <summary>Runs a history.</summary>
    /// <exception cref="InvariantException">Something does not hold: with the shortest history that shows it, its trace, and what does not
    /// hold.</exception>
    public static ulong Run(History history, FaultTable table)
    {
        try
        {
            return Simulator.Run(history, table);
        }
        catch (InvariantException)
        {
            History shortest = Shrink(history);
            throw new InvariantException($"{shortest}\n{Why(shortest)}");
        }
    }

    private static History Shrink(History failing)
    {
        while (Shorter(failing).FirstOrDefault(Fails) is { } shorter)
            failing = shorter;
        return failing;
    }

    private static IEnumerable<History> Shorter(History history)
    {
        for (int i = 0; i < history.Steps.Count; i++)
        {
            History With(params Step[] steps) =>
                history with
                {
                    Steps = [.. history.Steps.Take(i), .. steps, .. history.Steps.Skip(i + 1)],
                };
            Step step = history.Steps[i];
            yield return With();
            foreach (Fault fault in step.Faults)
                yield return With(step with { Faults = [.. step.Faults.Where(other => other != fault)] });
            foreach (Intrusion intrusion in step.Intrusions)
                yield return With(step with { Intrusions = [.. step.Intrusions.Where(other => other != intrusion)] });
            if (step.PowerCut || step.NewProcess || step.Reader is not null)
                yield return With(step with { PowerCut = false, NewProcess = false, Reader = null });
        }
    }

    private static bool Fails(History history)
    {
        try
        {
            Simulator.Run(history, new FaultTable());
            return false;
        }
        catch (InvariantException)
        {
            return true;
        }
    }

    /// <summary>What does not hold, with the last effects that led there.</summary>
    private static string Why(History history)
    {
        const int Shown = 60;
        Simulator simulator = new(new World(), history.Seed, history.Backend, new FaultTable(), keepTrace: true);
        try
        {
            foreach (Step step in history.Steps)
                simulator.Run(step);
            simulator.Settle();
            return "it held when it was tried again: something depends on more than the history";
        }
        catch (InvariantException failure)
        {
            return $"{failure.Message}\nthe last effects, of process and effect:\n  {string.Join("\n  ", simulator.Trace.Lines.TakeLast(Shown).Select(static line => line.Length > 160 ? line[..160] + "…" : line))}";
        }
    }
}
