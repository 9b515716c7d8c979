using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// Makes changes, one at a time: under the host's lock, recover what a dead process left, plan, write the journal, apply, record.
/// </summary>
/// <param name="store">The state.</param>
/// <param name="host">The host.</param>
internal sealed class ChangeRunner(IStateStore store, OpenHost host)
{
    private readonly Lock _lock = new();
    private readonly Journal _journal = new(store.Directory);
    private readonly Ownership _ownership = new(host, store.Directory);

    /// <summary>Makes a change.</summary>
    /// <param name="plan">Chooses rows and finds the operations; refuses with all problems together.</param>
    /// <param name="record">Writes the rows, in which the identity of the namespaces that the change created belongs.</param>
    /// <param name="context">Who hears of it, and can stop it.</param>
    public T Make<T>(
        Func<IStateReader, (Change Change, T Result)> plan,
        Action<IStateTransaction, T, KernelAccess> record,
        ChangeContext context
    ) =>
        Guard(() =>
        {
            using IDisposable? trace = KernelTrace.Listen(context.Debug);
            using IStateHold held = Take(context);
            (Change change, T result) = plan(held.Reader);
            string id = NewId();
            _journal.Write(new JournalEntry(id, host.Identity, change.ToUndo()) { Removes = change.Removes });
            using KernelAccess kernel = Access(context, () => id);
            ChangeOutcome outcome = change.Apply(
                EffectsOn(kernel, held.Reader, context),
                context,
                () =>
                {
                    Record(
                        held,
                        id,
                        rows =>
                        {
                            record(rows, result, kernel);
                            if (change.ChangesRules)
                                rows.PutFirewallBackend(host.Rules.Backend);
                        }
                    );
                    context.Recorded?.Invoke();
                }
            );
            // What could not be taken back stays in the journal for the next change to take back; but a removal that failed is not finished behind the user's back.
            _journal.End(leaveEntries: !outcome.Undone && change.Removes is null);
            return outcome.Problems.Count > 0
                ? throw new BridgeNetException(outcome.Problems, outcome.Cause) { LeftSomething = !outcome.Undone }
                : result;
        });

    /// <summary>One change for several items. Where the kernel refuses them together, each is tried by itself, so that one does not keep the others.</summary>
    /// <returns>Why items were refused.</returns>
    public IReadOnlyList<Problem> MakeEach<TItem, T>(
        IReadOnlyList<TItem> items,
        Func<IStateReader, IReadOnlyList<TItem>, ICollection<Problem>, (Change, T)> plan,
        Action<IStateTransaction, T> record,
        ChangeContext context
    )
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

    /// <summary>The operations of a change in words, for a dry run: nothing is touched, and nobody is waited for.</summary>
    public IReadOnlyList<string> Describe<T>(Func<IStateReader, (Change Change, T Result)> plan, ChangeContext? context = null) =>
        Guard(() =>
        {
            using IDisposable? trace = KernelTrace.Listen(context?.Debug);
            using IStateSnapshot state = store.Snapshot();
            _ownership.Require(state);
            return plan(state).Change.Describe();
        });

    /// <summary>As <see cref="Describe"/>, of several items.</summary>
    public IReadOnlyList<string> DescribeEach<TItem, T>(
        IReadOnlyList<TItem> items,
        Func<IStateReader, IReadOnlyList<TItem>, ICollection<Problem>, (Change, T)> plan
    )
    {
        List<Problem> refused = [];
        IReadOnlyList<string> words = Describe(state => plan(state, items, refused));
        return refused.Count > 0 ? throw new BridgeNetException(refused) : words;
    }

    /// <summary>Works on the kernel in as many operations as it takes, each recorded when it is done, whatever becomes of the others.</summary>
    public T Work<T>(ChangeContext context, Func<IStateReader, Effects, Action<Action<IStateTransaction>>, T> work) =>
        Guard(() =>
        {
            using IDisposable? trace = KernelTrace.Listen(context.Debug);
            using IStateHold held = Take(context);
            string id = NewId();
            using KernelAccess kernel = Access(context, () => id);
            return work(
                held.Reader,
                EffectsOn(kernel, held.Reader, context),
                write =>
                {
                    Record(held, id, write);
                    _journal.End();
                    id = NewId();
                }
            );
        });

    /// <summary>Looks at the state and the kernel together. What looks wrong is looked at again when changes of other processes that are under way have ended.</summary>
    /// <param name="look">What to look at.</param>
    /// <param name="isRight">Whether there is no need to look again.</param>
    /// <param name="stopped">Stops the waiting.</param>
    public T Look<T>(Func<IStateReader, T> look, Predicate<T> isRight, CancellationToken stopped) =>
        Guard(() =>
        {
            T At(IStateReader state)
            {
                _ownership.Require(state);
                return look(state);
            }
            using (IStateSnapshot now = store.Snapshot())
            {
                if (At(now) is var first && isRight(first))
                    return first;
            }
            using IStateHold settled = store.Take(stopped);
            return At(settled.Reader);
        });

    /// <summary>Takes the state over for this namespace, although the one that it belongs to may still exist with its networks in it.</summary>
    public void TakeOver(ChangeContext context) =>
        Guard(() =>
        {
            using IStateHold held = store.Take(context.Cancellation);
            using IStateTransaction rows = held.BeginWrite();
            _ownership.Claim(rows);
            rows.Commit();
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
    /// The right to change networks, when what processes left that died in the middle of their changes is finished or undone.
    /// That is recorded by itself: were it a part of the change, a change that is refused would take it back.
    /// </summary>
    private IStateHold Take(ChangeContext context)
    {
        IStateHold held = store.Take(context.Cancellation);
        try
        {
            Recovery recovery = new(_journal, host, context.Warning);
            bool ours = _ownership.Require(held.Reader);
            IReadOnlyList<Journal.Left> left = recovery.Left();
            if (ours && left.Count == 0)
                return held;
            using (IStateTransaction rows = held.BeginWrite())
            {
                if (!ours)
                    _ownership.Claim(rows);
                left = recovery.Recover(rows, left);
                rows.Commit();
            }
            foreach (Journal.Left entry in left)
                entry.Erase();
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static void Record(IStateHold held, string id, Action<IStateTransaction> write)
    {
        using IStateTransaction rows = held.BeginWrite();
        write(rows);
        rows.PutLastChange(id);
        rows.Commit();
    }

    private static string NewId() => Guid.NewGuid().ToString("N");

    private KernelAccess Access(ChangeContext context, Func<string> id) =>
        new(
            host.Links,
            host.Door,
            context.Warning,
            created => _journal.Write(new JournalEntry(id(), host.Identity, [new ObjectOperation(null, created)]))
        );

    private Effects EffectsOn(KernelAccess kernel, IStateReader state, ChangeContext context) =>
        new(kernel, host.Rules, host.Names, state, context.Warning);
}
