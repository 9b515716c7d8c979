using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>Finishes or takes back what processes left that died in the middle of a change.</summary>
/// <param name="journal">The changes that were under way.</param>
/// <param name="host">This namespace.</param>
/// <param name="warn">Hears what was left alone.</param>
internal sealed class Recovery(Journal journal, OpenHost host, Action<string> warn)
{
    /// <summary>What there is to recover; null when all changes ended.</summary>
    public IReadOnlyList<Journal.Left> Left() => [.. journal.Read()];

    /// <summary>Recovers in a transaction of its own.</summary>
    /// <returns>The entries to erase when that is committed: whoever comes between finds them once more, which is right too.</returns>
    public IReadOnlyList<Journal.Left> Recover(IStateTransaction state, IReadOnlyList<Journal.Left> left)
    {
        List<Journal.Left> done = [];
        foreach (Journal.Left one in left)
        {
            if (one.Entry.Host != host.Identity || one.Entry.Operations is null)
            {
                SetAside(one);
                continue;
            }
            // What was recorded is made; its process was about to erase the entry.
            if (one.Entry.Change != state.LastChange())
                Recover(state, one.Entry, one.Entry.Operations);
            done.Add(one);
        }
        return done;
    }

    private void Recover(IStateTransaction state, JournalEntry entry, IReadOnlyList<Operation> operations)
    {
        using KernelAccess kernel = new(host.Links, host.Door, warn, static _ => { });
        Effects effects = new(kernel, host.Rules, host.Names, state, static _ => { });
        if (entry.Removes is { } rows)
        {
            // A removal is carried to its end.
            rows.DeleteFrom(state);
            foreach (Operation operation in operations)
                operation.Complete(effects);
            return;
        }
        foreach (Operation operation in operations.Reverse())
        {
            try
            {
                operation.Undo(effects);
            }
            catch (BridgeNetException taken)
                when (operation is ObjectOperation { Before: KeptNamespace, After: KeptNamespace there }
                    && taken.Problems[0].ErrorId == ErrorIds.ContainerExists
                )
            {
                Follow(state, there);
            }
        }
    }

    /// <summary>Another namespace has the path that a container is to go back to: what runs in it goes on where it is, and the state follows.</summary>
    private void Follow(IStateTransaction state, KeptNamespace there)
    {
        if (state.FindContainerById(there.Place.Container!.Id) is not { } container)
            return;
        state.Put(container with { NetNSPath = there.Place.Container.NetNSPath });
        warn(
            $"The namespace of container '{container.Name}' stays at {there.Place.Container.NetNSPath}, for another one is at {container.NetNSPath}."
        );
    }

    /// <summary>Keeps an entry of another boot, namespace or version for the admin to read: its names mean other objects here, or none.</summary>
    private void SetAside(Journal.Left left)
    {
        bool otherBoot = left.Entry.Host?.Boot != host.Identity.Boot;
        string aside = left.SetAside();
        warn(
            $"A change was interrupted {(otherBoot ? "before the last boot" : left.Entry.Host != host.Identity ? "in another network namespace" : "by another version of this module")}. It was not undone here; what it was is kept in {aside}."
                + (otherBoot ? " Repair-BridgeNetwork creates what is missing." : "")
        );
    }
}
