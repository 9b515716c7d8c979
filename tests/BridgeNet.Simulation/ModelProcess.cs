namespace BridgeNet.Simulation;

/// <summary>
/// A process of a modelled machine: where it stands, and what goes wrong at which of its effects. Every effect on the world goes through
/// <see cref="Do{T}(string, string, Func{T}, Func{Exception}, Action)"/>, in the order in which the code under test asks for it.
/// </summary>
/// <param name="id">Its number, which no other process of the run has.</param>
/// <param name="world">The machine.</param>
/// <param name="trace">Gets every effect.</param>
/// <param name="table">Counts effects and faults.</param>
internal sealed class ModelProcess(int id, World world, Trace trace, FaultTable table)
{
    private readonly Stack<ulong> _entered = new();
    private readonly HashSet<string> _failing = [];
    private readonly Dictionary<string, int> _reached = [];
    private IReadOnlyList<Fault> _faults = [];
    private bool _inside;

    /// <summary>Its number.</summary>
    public int Id => id;

    /// <summary>The machine.</summary>
    public World World => world;

    /// <summary>Whether it has died: nothing that it tries has an effect.</summary>
    public bool IsDead { get; private set; }

    /// <summary>How many effects the command that runs has reached.</summary>
    public int Effects { get; private set; }

    /// <summary>Called before each effect with its number, for what comes in between; what it does is no effect of this process.</summary>
    public Action<int>? Between { get; set; }

    /// <summary>The namespace that its thread is in.</summary>
    public WorldNamespace Space => _entered.TryPeek(out ulong cookie) ? world.Namespaces[cookie] : world.Host;

    /// <summary>Begins a command.</summary>
    /// <param name="faults">What goes wrong in it.</param>
    public void Begin(IReadOnlyList<Fault> faults)
    {
        _faults = faults;
        _reached.Clear();
        Effects = 0;
    }

    /// <summary>Nothing goes wrong from now on.</summary>
    public void StopFaults()
    {
        _faults = [];
        _failing.Clear();
    }

    /// <summary>Runs work in a namespace.</summary>
    public T In<T>(ulong cookie, Func<T> work)
    {
        RequireAlive();
        _entered.Push(cookie);
        try
        {
            return work();
        }
        finally
        {
            _entered.Pop();
        }
    }

    /// <summary>Looks at the world, which is no effect.</summary>
    public T Look<T>(Func<T> look)
    {
        RequireAlive();
        return look();
    }

    /// <summary>Has an effect on the world.</summary>
    /// <param name="point">Its kind.</param>
    /// <param name="words">What it is, for the trace.</param>
    /// <param name="effect">Has it.</param>
    /// <param name="failure">What is thrown where it is made to fail.</param>
    /// <param name="half">Does half of it; null where it has no halves.</param>
    public T Do<T>(string point, string words, Func<T> effect, Func<Exception> failure, Action? half = null)
    {
        RequireAlive();
        // Of an effect that is a part of another: that one has its place in the count.
        if (_inside)
            return effect();
        int number = Effects++,
            ofKind = _reached.GetValueOrDefault(point);
        _reached[point] = ofKind + 1;
        Between?.Invoke(number);
        table.Reach(point);
        _inside = true;
        try
        {
            return Do(
                _faults.FirstOrDefault(fault =>
                    fault.Point is null ? fault.Effect == number : fault.Point == point && fault.Effect == ofKind
                ),
                point,
                words,
                effect,
                failure,
                half
            );
        }
        catch (Exception refused) when (refused is not ProcessDiedException)
        {
            trace.Add($"{id} {words} failed");
            throw;
        }
        finally
        {
            _inside = false;
        }
    }

    /// <summary>As <see cref="Do{T}(string, string, Func{T}, Func{Exception}, Action)"/>, of an effect without a result.</summary>
    public void Do(string point, string words, Action effect, Func<Exception> failure, Action? half = null) =>
        Do(
            point,
            words,
            () =>
            {
                effect();
                return true;
            },
            failure,
            half
        );

    private T Do<T>(Fault? fault, string point, string words, Func<T> effect, Func<Exception> failure, Action? half)
    {
        if (_failing.Contains(words))
            throw failure();
        if (fault is null)
        {
            T result = effect();
            trace.Add($"{id} {words}");
            return result;
        }
        table.Fire(point, fault.Mode);
        trace.Add($"{id} {words}: {fault.Mode}");
        if (fault is { ForEver: true, IsDeath: false })
            _failing.Add(words);
        if (fault.Mode is FaultMode.Half or FaultMode.DieHalf)
            half?.Invoke();
        else if (fault.Mode is FaultMode.LostAnswer or FaultMode.DieAfter)
            effect();
        if (!fault.IsDeath)
            throw failure();
        IsDead = true;
        throw new ProcessDiedException();
    }

    private void RequireAlive()
    {
        if (IsDead)
            throw new ProcessDiedException();
    }
}
