using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>Completes or undoes the changes of processes that died.</summary>
/// <param name="journal">The journal of running changes.</param>
/// <param name="host">The network namespace.</param>
/// <param name="warn">Receives a warning for each object that was left alone.</param>
internal sealed class Recovery(Journal journal, OpenHost host, Action<string> warn)
{
    /// <summary>The entries to recover; empty if all changes ended.</summary>
    public IReadOnlyList<Journal.Pending> FindPending() => [.. journal.Read()];

    /// <summary>Recovers the changes of these entries.</summary>
    /// <returns>
    /// The entries to delete after the commit. If the process dies before that, the next one finds them again, and recovers them again
    /// without harm.
    /// </returns>
    public IReadOnlyList<Journal.Pending> Recover(IStateTransaction state, IReadOnlyList<Journal.Pending> pending)
    {
        List<Journal.Pending> done = [];
        foreach (Journal.Pending one in pending)
        {
            if (one.Entry.Host != host.Identity || one.Entry.Operations is null)
            {
                SetAside(one);
                continue;
            }
            // A recorded change is complete; its process died before it deleted the entry.
            if (one.Entry.Change != state.LastChange())
                Recover(state, one.Entry, one.Entry.Operations);
            done.Add(one);
        }
        return done;
    }

    private void Recover(IStateTransaction state, JournalEntry entry, IReadOnlyList<Operation> operations)
    {
        using KernelAccess kernel = host.Access(warn, static _ => { });
        Effects effects = host.EffectsOn(kernel, state, static _ => { });
        // A removal is completed, everything else is undone.
        entry.Removes?.DeleteFrom(state);
        bool isUndone = entry.Removes is null;
        List<Operation> later = [];
        foreach (Operation operation in isUndone ? operations.Reverse() : operations)
        {
            try
            {
                if (isUndone)
                    operation.Undo(effects);
                else
                    operation.Complete(effects);
            }
            catch (BridgeNetException taken)
                when (operation is ObjectOperation { Before: KeptNamespace, After: KeptNamespace moved }
                    && taken.Problems[0].ErrorId == ErrorIds.ContainerExists
                )
            {
                Follow(state, moved);
            }
            catch (Exception failure) when (operation is UpdateNames && failure is BridgeNetException or NativeException or IOException)
            {
                // A name file must not stop the next change, which tries again.
                warn($"Name files could not be written: {failure.Message.TrimEnd('.')}. The next change tries again.");
                later.Add(((UpdateNames)operation).Later(isUndone));
            }
        }
        if (later.Count > 0)
            journal.WriteForNext(entry with { Operations = later });
    }

    /// <summary>
    /// Another namespace has the path that a container should return to: its namespace stays at the new path, and the state is updated.
    /// </summary>
    private void Follow(IStateTransaction state, KeptNamespace moved)
    {
        if (state.FindContainerById(moved.Place.Container!.Id) is not { } container)
            return;
        state.Put(container with { NetNSPath = moved.Place.Container.NetNSPath });
        warn(
            $"The namespace of container '{container.Name}' stays at {moved.Place.Container.NetNSPath}: another namespace is at {container.NetNSPath}."
        );
    }

    /// <summary>Keeps an entry of another boot, namespace or version for the admin: its names mean other objects here, or none.</summary>
    private void SetAside(Journal.Pending pending)
    {
        bool otherBoot = pending.Entry.Host?.Boot != host.Identity.Boot;
        string aside = pending.SetAside();
        warn(
            $"A change was interrupted {(otherBoot ? "before the last boot" : pending.Entry.Host != host.Identity ? "in another network namespace" : "by another version of this module")}. It was not undone; its journal is kept in {aside}."
                + (otherBoot ? " A repair creates what is missing." : "")
        );
    }
}
