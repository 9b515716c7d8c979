using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace BridgeNet.Simulation;

/// <summary>How often each effect was reached, and how often each fault fired at it, over all runs.</summary>
internal sealed class FaultTable
{
    private readonly ConcurrentDictionary<string, long> _reached = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Point, FaultMode Mode), long> _fired = new();

    /// <summary>The kinds of effects that there are.</summary>
    public static IReadOnlyList<string> Points { get; } =
    [
        "address.add",
        "address.delete",
        "fdb.delete",
        "fdb.replace",
        "flows.forget",
        "journal.delete",
        "journal.move",
        "journal.write",
        "link.address",
        "link.alias",
        "link.create-bridge",
        "link.create-veth",
        "link.delete",
        "link.down",
        "link.group",
        "link.master",
        "link.mtu",
        "link.name",
        "link.port",
        "link.up",
        "names.move",
        "names.remove",
        "names.write",
        "namespace.create",
        "namespace.keep",
        "namespace.release",
        "neighbours.announce",
        "route.add",
        "route.delete",
        "route.replace",
        "rules.attach",
        "rules.change",
        "rules.rebuild",
        "state.begin",
        "state.commit",
        "sysctl.write",
    ];

    /// <summary>Counts an effect that was reached.</summary>
    public void Reach(string point) => _reached.AddOrUpdate(point, 1, static (_, count) => count + 1);

    /// <summary>Counts a fault that fired.</summary>
    public void Fire(string point, FaultMode mode) => _fired.AddOrUpdate((point, mode), 1, static (_, count) => count + 1);

    /// <summary>The pairs of an effect and a fault that fired at it less often than a number of times.</summary>
    public IReadOnlyList<string> FiredLessThan(long times) =>
        [
            .. from point in Points
            from mode in Enum.GetValues<FaultMode>()
            let count = _fired.GetValueOrDefault((point, mode))
            where count < times
            select $"{point} {mode}: {count}",
        ];

    /// <summary>The table.</summary>
    public override string ToString()
    {
        FaultMode[] modes = Enum.GetValues<FaultMode>();
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{"effect", -26}{"reached", 12}");
        foreach (FaultMode mode in modes)
            text.Append(CultureInfo.InvariantCulture, $"{mode, 12}");
        foreach (string point in _reached.Keys.Order(StringComparer.Ordinal))
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{point, -26}{_reached[point], 12}");
            foreach (FaultMode mode in modes)
                text.Append(CultureInfo.InvariantCulture, $"{_fired.GetValueOrDefault((point, mode)), 12}");
        }
        return text.AppendLine().ToString();
    }
}
