using System.Runtime.ExceptionServices;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// Runs changes, one at a time, under the host lock: recover the change of a dead process, plan, write the journal, apply, record.
/// </summary>
/// <param name="store">The state.</param>
/// <param name="host">The host.</param>
internal sealed class ChangeRunner(IStateStore store, OpenHost host)
{
    private readonly Lock _lock = new();
    private readonly Journal _journal = new(host.Machine.JournalIn(store.Directory), host.Machine.Random);
    private readonly Ownership _ownership = new(host, store.Directory);

    /// <summary>Runs a change.</summary>
    /// <param name="plan">Chooses the rows and plans the operations; refuses with all problems together.</param>
    /// <param name="record">Writes the rows, with the identities of the namespaces that the change created.</param>
    /// <param name="context">The callbacks and the cancellation.</param>
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
                host.EffectsOn(kernel, held.Reader, context.Warning),
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
            // What could not be undone stays in the journal, so that the next change undoes it. A failed removal does not: it is not
            // completed behind the user's back.
            if (!outcome.Undone && change.Removes is null)
                _journal.KeepForNext();
            else
                _journal.End(context.Warning);
            return outcome.Problems.Count > 0
                ? throw new BridgeNetException(outcome.Problems, outcome.Cause) { IsPartlyApplied = !outcome.Undone }
                : result;
        });

    /// <summary>
    /// Runs one change for several items. If the kernel rejects it, each item is tried separately, so that one does not prevent the others.
    /// </summary>
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
        catch (BridgeNetException failure)
            when (items.Count > 1 && !failure.IsPartlyApplied && !context.Cancellation.IsCancellationRequested)
        {
            return [.. items.SelectMany(item => MakeEach([item], plan, record, context))];
        }
        catch (BridgeNetException failure)
        {
            return [.. refused, .. failure.Problems];
        }
    }

    /// <summary>The commands of a change, for a dry run: it changes nothing and waits for no other change.</summary>
    public IReadOnlyList<string> Describe<T>(Func<IStateReader, (Change Change, T Result)> plan, ChangeContext? context = null) =>
        Guard(() =>
        {
            using IDisposable? trace = KernelTrace.Listen(context?.Debug);
            using IStateSnapshot state = store.Snapshot();
            _ownership.Require(state);
            return plan(state).Change.Describe();
        });

    /// <summary>Like <see cref="Describe"/>, for several items.</summary>
    public IReadOnlyList<string> DescribeEach<TItem, T>(
        IReadOnlyList<TItem> items,
        Func<IStateReader, IReadOnlyList<TItem>, ICollection<Problem>, (Change, T)> plan
    )
    {
        List<Problem> refused = [];
        IReadOnlyList<string> words = Describe(state => plan(state, items, refused));
        return refused.Count > 0 ? throw new BridgeNetException(refused) : words;
    }

    /// <summary>Runs several pieces of work under the host lock. Each is recorded when it is done, regardless of the others.</summary>
    /// <param name="context">The callbacks and the cancellation.</param>
    /// <param name="work">
    /// Does all pieces. It is given what records a piece, and what abandons one that failed: the next change undoes what its journal has.
    /// </param>
    public T Work<T>(ChangeContext context, Func<IStateReader, Effects, Action<Action<IStateTransaction>>, Action, T> work) =>
        Guard(() =>
        {
            using IDisposable? trace = KernelTrace.Listen(context.Debug);
            using IStateHold held = Take(context);
            string id = NewId();
            using KernelAccess kernel = Access(context, () => id);
            // An id of its own for each piece: else the record of the next one would say that this one is complete.
            void Abandon()
            {
                _journal.KeepForNext();
                id = NewId();
            }
            return work(
                held.Reader,
                host.EffectsOn(kernel, held.Reader, context.Warning),
                write =>
                {
                    Record(held, id, write);
                    _journal.End(context.Warning);
                    id = NewId();
                },
                Abandon
            );
        });

    /// <summary>
    /// Reads state and kernel together. If the result is not right, reads again after the running changes of other processes have ended.
    /// </summary>
    /// <param name="look">Reads them.</param>
    /// <param name="isRight">Whether the result needs no second reading.</param>
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

    /// <summary>
    /// Claims the state for this namespace, although the namespace that owns it may still exist, with its networks in it.
    /// </summary>
    public void TakeOver(ChangeContext context) =>
        Guard(() =>
        {
            using IStateHold held = store.Take(context.Cancellation);
            using IStateTransaction rows = held.BeginWrite();
            _ownership.Claim(rows);
            rows.Commit();
            return true;
        });

    /// <summary>Runs work with the objects of this runner, one thread at a time.</summary>
    /// <exception cref="BridgeNetException">An error of the layers below, as a problem.</exception>
    public T Guard<T>(Func<T> work)
    {
        lock (_lock)
            return ErrorMap.Translate(work);
    }

    /// <summary>Runs work, and adds its problems to a list if it is refused.</summary>
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
    /// Takes the host lock, after undoing or completing the changes of processes that died. The recovery is recorded separately: as a part
    /// of the new change, it would be rolled back if that change is refused.
    /// </summary>
    private IStateHold Take(ChangeContext context)
    {
        IStateHold held = store.Take(context.Cancellation);
        try
        {
            Recovery recovery = new(_journal, host, context.Warning);
            bool ours = _ownership.Require(held.Reader);
            IReadOnlyList<Journal.Pending> pending = recovery.FindPending();
            if (ours && pending.Count == 0)
                return held;
            using (IStateTransaction rows = held.BeginWrite())
            {
                if (!ours)
                    _ownership.Claim(rows);
                pending = recovery.Recover(rows, pending);
                rows.Commit();
            }
            foreach (Journal.Pending entry in pending)
                entry.Erase();
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private void Record(IStateHold held, string id, Action<IStateTransaction> write)
    {
        _journal.EraseEnded();
        try
        {
            using IStateTransaction rows = held.BeginWrite();
            write(rows);
            rows.PutLastChange(id);
            rows.Commit();
        }
        catch (Exception failure)
        {
            // The commit may have succeeded although it reported an error. This is checked after the transaction has ended; in an exception
            // filter it would not have ended yet.
            if (!IsRecorded(held, id))
                ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static bool IsRecorded(IStateHold held, string id)
    {
        try
        {
            return held.Reader.LastChange() == id;
        }
        catch (Exception)
        {
            // If it cannot be read either, assume that it was not recorded.
            return false;
        }
    }

    private string NewId() => host.Machine.Random.NewChangeId();

    private KernelAccess Access(ChangeContext context, Func<string> id) =>
        host.Access(
            context.Warning,
            created => _journal.Write(new JournalEntry(id(), host.Identity, [new ObjectOperation(null, created)]))
        );
}
