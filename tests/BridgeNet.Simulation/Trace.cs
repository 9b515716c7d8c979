namespace BridgeNet.Simulation;

/// <summary>All effects of a run in order. The same seed gives the same trace, and so the same hash.</summary>
/// <param name="keepLines">Whether lines are kept for people to read; the hash is made either way.</param>
internal sealed class Trace(bool keepLines = false)
{
    // FNV-1a.
    private const ulong Basis = 0xcbf29ce484222325,
        Prime = 0x100000001b3;

    private readonly List<string> _lines = [];

    /// <summary>The hash of all lines.</summary>
    public ulong Hash { get; private set; } = Basis;

    /// <summary>The lines; empty where they are not kept.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a line.</summary>
    public void Add(string line)
    {
        ulong hash = Hash;
        foreach (char letter in line)
            hash = (hash ^ letter) * Prime;
        Hash = (hash ^ '\n') * Prime;
        if (keepLines)
            _lines.Add(line);
    }
}
