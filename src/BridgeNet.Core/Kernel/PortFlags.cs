using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>The flags of an endpoint's bridge port.</summary>
/// <param name="Isolated">Frames from this port to other isolated ports are dropped.</param>
/// <param name="Hairpin">Frames may leave through the port they came in by.</param>
/// <param name="Learning">The bridge learns MAC addresses from the port's frames.</param>
internal readonly record struct PortFlags(bool Isolated, bool Hairpin, bool Learning)
{
    /// <summary>The kernel's defaults for a new port.</summary>
    public static PortFlags Default { get; } = new(Isolated: false, Hairpin: false, Learning: true);

    /// <summary>The flags of a link's port; null if the link is not a bridge port.</summary>
    public static PortFlags Of(Link port) => new(port.IsolatedPort == true, port.HairpinPort == true, port.LearningPort == true);

    /// <summary>The flags that differ from another value, as <c>bridge link set</c> accepts them; empty if none differ.</summary>
    public string Unlike(PortFlags other) =>
        string.Join(
            ' ',
            [
                .. Isolated != other.Isolated ? [$"isolated {OnOff(Isolated)}"] : (string[])[],
                .. Hairpin != other.Hairpin ? [$"hairpin {OnOff(Hairpin)}"] : (string[])[],
                .. Learning != other.Learning ? [$"learning {OnOff(Learning)}"] : (string[])[],
            ]
        );

    private static string OnOff(bool value) => value ? "on" : "off";
}
