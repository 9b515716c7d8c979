using BridgeNet.Kernel;
using BridgeNet.Names;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>What the operations of one change act on.</summary>
/// <param name="Kernel">Links, addresses, routes, settings and namespaces.</param>
/// <param name="Rules">The firewall.</param>
/// <param name="Names">The name files of containers.</param>
/// <param name="State">The rows, as they are until the change is recorded.</param>
/// <param name="Warn">Hears what is done, but perhaps not as it was meant.</param>
internal sealed record Effects(KernelAccess Kernel, FirewallRules Rules, NameKeeper Names, IStateReader State, Action<string> Warn);
