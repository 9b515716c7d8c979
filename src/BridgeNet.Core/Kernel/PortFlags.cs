using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>How the bridge treats an endpoint's port.</summary>
/// <param name="Isolated">Frames to other isolated ports are dropped.</param>
/// <param name="Hairpin">Frames may go out where they came in.</param>
/// <param name="Learning">The bridge learns from frames who is behind the port.</param>
internal readonly record struct PortFlags(bool Isolated, bool Hairpin, bool Learning)
{
    /// <summary>What the kernel gives a new port.</summary>
    public static PortFlags Default { get; } = new(Isolated: false, Hairpin: false, Learning: true);

    /// <summary>What a port has; a link that is none has nothing.</summary>
    public static PortFlags Of(Link port) => new(port.IsolatedPort == true, port.HairpinPort == true, port.LearningPort == true);

    /// <summary>Those that differ from others, as <c>bridge link set</c> takes them; empty when none does.</summary>
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
