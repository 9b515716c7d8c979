using System.Collections.Concurrent;

namespace BridgeNet.Simulation;

/// <summary>
/// All sequences of some commands up to a length, where some of the commands fail, or their process dies, at each of their effects in turn.
/// Sequences that
/// lead to the same world go on together, so each world is looked at once.
/// </summary>
/// <param name="commands">The commands.</param>
/// <param name="length">How many of them a sequence has at most.</param>
/// <param name="faulty">In how many of these something goes wrong at most.</param>
/// <param name="backend">The firewall that is chosen.</param>
internal sealed class SmallWorld(IReadOnlyList<Command> commands, int length, int faulty, string backend)
{
    // To die after an effect is to die before the next one.
    private static readonly (FaultMode Mode, bool ForEver)[] s_faults =
    [
        (FaultMode.DieBefore, false),
        (FaultMode.DieHalf, false),
        (FaultMode.Refuse, false),
        (FaultMode.Refuse, true),
        (FaultMode.Half, false),
        (FaultMode.Half, true),
        (FaultMode.LostAnswer, false),
        (FaultMode.LostAnswer, true),
    ];

    /// <summary>Each world with the fewest faults on a way to it: with fewer, more can go wrong from there on.</summary>
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly FaultTable _table = new();

    private long _runs;
    private int _seed;

    /// <summary>How many worlds there are.</summary>
    public int Worlds => _seen.Count;

    /// <summary>How many commands were run.</summary>
    public long Runs => _runs;

    /// <summary>Runs all of them.</summary>
    /// <exception cref="InvariantException">Something does not hold: with the commands that lead there.</exception>
    public void Explore()
    {
        List<Visited> front = [new(new World(), [], 0)];
        for (int depth = 0; depth < length && front.Count > 0; depth++)
        {
            ConcurrentBag<Visited> next = [];
            Parallel.ForEach(front, from => Expand(from, next));
            front = [.. next];
        }
    }

    private void Expand(Visited from, ConcurrentBag<Visited> next)
    {
        foreach (Command command in commands)
        {
            int effects = Go(from, Step.Of(command), next);
            for (int effect = 0; effect < effects && from.Faulty < faulty; effect++)
            {
                foreach ((FaultMode mode, bool forEver) in s_faults)
                    Go(from, new Step(command, [new Fault(effect, mode, forEver)], []), next);
            }
        }
    }

    private int Go(Visited from, Step step, ConcurrentBag<Visited> next)
    {
        Interlocked.Increment(ref _runs);
        World world = from.World.Clone();
        IReadOnlyList<Step> path = [.. from.Path, step];
        try
        {
            using Simulator simulator = new(world, Interlocked.Increment(ref _seed), backend, _table);
            int effects = simulator.Run(step);
            simulator.Dispose();
            int faults = from.Faulty + step.Faults.Count;
            if (IsNew(CanonicalForm.Of(world), faults))
            {
                next.Add(new(world.Clone(), path, faults));
                simulator.Settle();
            }
            return effects;
        }
        catch (InvariantException failure)
        {
            throw new InvariantException($"{failure.Message}\nafter:\n  {string.Join("\n  ", path)}");
        }
    }

    private bool IsNew(string form, int faults)
    {
        lock (_seen)
        {
            if (_seen.TryGetValue(form, out int fewest) && fewest <= faults)
                return false;
            _seen[form] = faults;
            return true;
        }
    }

    private sealed record Visited(World World, IReadOnlyList<Step> Path, int Faulty);
}
