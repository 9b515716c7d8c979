using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// Makes changes, one at a time: under the write lock, recover what a dead process left, plan, write the journal, apply, record.
/// </summary>
/// <param name="store">The state.</param>
/// <param name="host">The host.</param>
internal sealed class ChangeRunner(IStateStore store, OpenHost host)
{
    private readonly Lock _lock = new();
    private readonly Journal _journal = new(store.Directory);
    private readonly Ownership _ownership = new(host, store.Directory);

    /// <summary>Makes a change. With <paramref name="dryRun"/> nothing is touched. The plan comes back in words either way.</summary>
    /// <param name="plan">Chooses rows and finds the operations; refuses with all problems together.</param>
    /// <param name="record">Writes the rows, in which the identity of namespaces that were created meanwhile belongs.</param>
    /// <param name="context">Who hears of it, and can stop it.</param>
    /// <param name="dryRun">Whether to plan alone.</param>
    public (T Result, IReadOnlyList<string> Words) Make<T>(
        Func<IStateReader, (Change Change, T Result)> plan, Action<IStateTransaction, T, KernelAccess> record, ChangeContext context, bool dryRun = false) => Guard(() =>
    {
        using IDisposable? trace = KernelTrace.Listen(context.Debug);
        using IStateTransaction state = dryRun ? store.BeginWriteUnless(context.Cancellation) : Begin(context);
        if (dryRun)
            _ownership.Require(state);
        (Change change, T result) = plan(state);
        if (dryRun)
            return (result, change.Describe());
        string id = Guid.NewGuid().ToString("N");
        _journal.Write(new JournalEntry(id, host.Identity, change.ToUndo()) { Removes = change.Removes });
        using KernelAccess kernel = Access(context, id);
        ChangeOutcome outcome = change.Apply(EffectsOn(kernel, state, context), context, () =>
        {
            record(state, result, kernel);
            if (change.ChangesRules)
                state.PutFirewallBackend(host.Rules.Backend);
            state.PutLastChange(id);
            state.Commit();
            context.Recorded?.Invoke();
        });
        // What could not be taken back stays in the journal for the next change to take back; but a removal that failed is not finished behind the user's back.
        _journal.End(leaveEntries: !outcome.Undone && change.Removes is null);
        return outcome.Problems.Count > 0
            ? throw new BridgeNetException(outcome.Problems, outcome.Cause) { LeftSomething = !outcome.Undone }
            : (result, change.Describe());
    });

    /// <summary>One change for several items. Where the kernel refuses them together, each is tried by itself, so that one does not keep the others.</summary>
    /// <returns>Why items were refused.</returns>
    public IReadOnlyList<Problem> MakeEach<TItem, T>(
        IReadOnlyList<TItem> items,
        Func<IStateReader, IReadOnlyList<TItem>, ICollection<Problem>, (Change, T)> plan,
        Action<IStateTransaction, T> record,
        ChangeContext context)
    {
        List<Problem> refused = [];
        try
        {
            Make(state => plan(state, items, refused), (state, result, _) => record(state, result), context);
            return refused;
        }
        catch (BridgeNetException failure) when (items.Count > 1 && !failure.LeftSomething && !context.Cancellation.IsCancellationRequested)
        {
            return [.. items.SelectMany(item => MakeEach([item], plan, record, context))];
        }
        catch (BridgeNetException failure)
        {
            return [.. refused, .. failure.Problems];
        }
    }

    /// <summary>The operations of a change in words, for a dry run.</summary>
    public IReadOnlyList<string> Describe<T>(Func<IStateReader, (Change, T)> plan, ChangeContext? context = null) =>
        Make(plan, static (_, _, _) => { }, context ?? new ChangeContext(), dryRun: true).Words;

    /// <summary>As <see cref="Describe"/>, of several items.</summary>
    public IReadOnlyList<string> DescribeEach<TItem, T>(IReadOnlyList<TItem> items, Func<IStateReader, IReadOnlyList<TItem>, ICollection<Problem>, (Change, T)> plan)
    {
        List<Problem> refused = [];
        IReadOnlyList<string> words = Describe(state => plan(state, items, refused));
        return refused.Count > 0 ? throw new BridgeNetException(refused) : words;
    }

    /// <summary>Works on the kernel in as many operations as it takes, all of them recorded together at the end, whatever became of each.</summary>
    public T Work<T>(ChangeContext context, Func<IStateTransaction, Effects, T> work) => Guard(() =>
    {
        using IDisposable? trace = KernelTrace.Listen(context.Debug);
        using IStateTransaction state = Begin(context);
        string id = Guid.NewGuid().ToString("N");
        using KernelAccess kernel = Access(context, id);
        T result = work(state, EffectsOn(kernel, state, context));
        state.PutLastChange(id);
        state.Commit();
        _journal.End();
        return result;
    });

    /// <summary>Looks at the state and the kernel together. What looks amiss is looked at again when changes of other processes that are under way have ended.</summary>
    /// <param name="look">What to look at.</param>
    /// <param name="isRight">Whether there is no need to look again.</param>
    public T Look<T>(Func<IStateReader, T> look, Predicate<T> isRight) => Guard(() =>
    {
        T At(IStateReader state)
        {
            _ownership.Require(state);
            return look(state);
        }
        if (At(store.Reader) is var first && isRight(first))
            return first;
        using IStateTransaction settled = store.BeginWrite();
        return At(settled);
    });

    /// <summary>Takes the state over for this namespace, although the one that it belongs to may still exist with its networks in it.</summary>
    public void TakeOver(ChangeContext context) => Guard(() =>
    {
        using IStateTransaction state = store.BeginWriteUnless(context.Cancellation);
        _ownership.Claim(state);
        state.Commit();
        return true;
    });

    /// <summary>Work on what this holds, by one thread at a time.</summary>
    /// <exception cref="BridgeNetException">Whatever the layers below threw.</exception>
    public T Guard<T>(Func<T> work)
    {
        lock (_lock)
            return ErrorMap.Translate(work);
    }

    /// <summary>Adds the problems of work that is refused to others.</summary>
    public static void CollectProblems(ICollection<Problem> refused, Action work)
    {
        try
        {
            work();
        }
        catch (BridgeNetException failure)
        {
            foreach (Problem problem in failure.Problems)
                refused.Add(problem);
        }
    }

    /// <summary>
    /// The write transaction of a change, begun when what processes left that died in the middle of theirs is finished or undone.
    /// That is recorded by itself: were it a part of the change, a change that is refused would take it back.
    /// </summary>
    private IStateTransaction Begin(ChangeContext context)
    {
        Recovery recovery = new(_journal, host, context.Warning);
        while (true)
        {
            IStateTransaction state = store.BeginWriteUnless(context.Cancellation);
            try
            {
                bool ours = _ownership.Require(state);
                IReadOnlyList<Journal.Left> left = recovery.Left();
                if (ours && left.Count == 0)
                    return state;
                if (!ours)
                    _ownership.Claim(state);
                IReadOnlyList<Journal.Left> done = recovery.Recover(state, left);
                state.Commit();
                foreach (Journal.Left entry in done)
                    entry.Erase();
            }
            catch
            {
                state.Dispose();
                throw;
            }
            state.Dispose();
        }
    }

    private KernelAccess Access(ChangeContext context, string id) => new(host.Links, host.Door, context.Warning,
        created => _journal.Write(new JournalEntry(id, host.Identity, [new ObjectOperation(null, created)])));

    private Effects EffectsOn(KernelAccess kernel, IStateReader state, ChangeContext context) => new(kernel, host.Rules, host.Names, state, context.Warning);
}
