// An engine in a process of its own, for tests that kill it or run several at once. It works in the namespaces it is born in.
//
// BridgeNet.EngineProbe STATE BACKEND die STEP CHANGE   makes one change and dies by SIGKILL just before the step of that number;
//                                                       exits with 0 when the change has no such step, and so was made
// BridgeNet.EngineProbe STATE BACKEND create PREFIX N   makes N networks, each with a container on it and on the network "shared"
using System.Diagnostics;
using BridgeNet.Engine;
using BridgeNet.Firewall;
using BridgeNet.State;

if (args is not [var state, var backend, var task, var first, var second])
    return 2;
using BridgeNetEngine engine = new(SqliteStateStore.Open(state),
    () => backend == "iptables" ? new IptablesBackend() : new NftablesBackend(), Path.Combine(state, "netns"));
if (task == "die")
{
    int deadly = int.Parse(first);
    ChangeContext context = new()
    {
        BeforeStep = (step, _) =>
        {
            if (step == deadly)
                Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no finally
        },
    };
    switch (second)
    {
        case "create":
            engine.CreateNetwork(new NetworkRequest("a"), context);
            break;
        case "container":
            engine.CreateContainer("c", new EndpointRequest("a"), context);
            break;
        case "connect":
            engine.Connect(new EndpointRequest("b"), new ContainerReference { Name = "c" }, context);
            break;
        case "disconnect":
            engine.Disconnect("a", "c", context);
            break;
        case "remove-container":
            engine.RemoveContainer("c", context);
            break;
        case "remove":
            engine.RemoveNetworks(["a"], force: true, context);
            break;
        default:
            return 2;
    }
    return 0;
}
for (int i = 0; i < int.Parse(second); i++)
{
    engine.CreateNetwork(new NetworkRequest($"{first}{i}"), new ChangeContext());
    engine.CreateContainer($"{first}c{i}", new EndpointRequest($"{first}{i}"), new ChangeContext());
    engine.Connect(new EndpointRequest("shared"), new ContainerReference { Name = $"{first}c{i}" }, new ChangeContext());
}
return 0;
