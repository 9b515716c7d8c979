using BridgeNet.Kernel;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>The parts of the machine that the operations of a change act on.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Kernel">Links, addresses, routes, settings and namespaces.</param>
/// <param name="Rules">The firewall.</param>
/// <param name="Names">The name files of containers.</param>
/// <param name="State">The rows before the change is recorded.</param>
/// <param name="Warn">Receives warnings: about something that was done, but perhaps not as expected.</param>
internal sealed record Effects(
    IMachine Machine,
    KernelAccess Kernel,
    FirewallRules Rules,
    NameKeeper Names,
    IStateReader State,
    Action<string> Warn
);
