namespace BridgeNet.Simulation;

/// <summary>
/// The modelled store: every version that was committed, of which the disk may have kept an earlier one (SQLite in WAL mode with
/// synchronous=NORMAL syncs at checkpoints alone), and the host's lock.
/// </summary>
internal sealed class WorldState
{
    /// <summary>The version of the last checkpoint, and those that were committed since.</summary>
    private readonly List<StateTables> _versions = [StateTables.Empty];

    /// <summary>What was committed last.</summary>
    public StateTables Current => _versions[^1];

    /// <summary>The process that may change networks; 0 for none.</summary>
    public int Holder { get; private set; }

    /// <summary>Takes the host's lock; false where another process has it.</summary>
    public bool TryTake(int process)
    {
        if (Holder != 0)
            return false;
        Holder = process;
        return true;
    }

    /// <summary>Frees the host's lock, if that process has it.</summary>
    public void Release(int process)
    {
        if (Holder == process)
            Holder = 0;
    }

    /// <summary>Commits.</summary>
    public void Commit(StateTables tables) => _versions.Add(tables);

    /// <summary>A checkpoint: all that was committed is on disk.</summary>
    public void Sync() => _versions.RemoveRange(0, _versions.Count - 1);

    /// <summary>Goes back to a version that the disk may have: that of the last checkpoint, or any that was committed since.</summary>
    public void CutPower(Random random)
    {
        StateTables left = _versions[random.Next(_versions.Count)];
        _versions.Clear();
        _versions.Add(left);
        Holder = 0;
    }

    /// <summary>A copy.</summary>
    public WorldState Clone()
    {
        WorldState copy = new() { Holder = Holder };
        copy._versions.Clear();
        copy._versions.AddRange(_versions);
        return copy;
    }
}
