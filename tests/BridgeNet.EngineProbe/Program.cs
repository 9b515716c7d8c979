// An engine in a process of its own, for tests that kill it or run several at once. It works in the namespaces it is born in.
//
// BridgeNet.EngineProbe STATE BACKEND die STEP CHANGE   makes one change and dies by SIGKILL just before the step of that number;
//                                                       exits with 0 when the change has no such step, and so was made
// BridgeNet.EngineProbe STATE BACKEND create PREFIX N   makes N networks, each with a container on it and on the network "shared"
// BridgeNet.EngineProbe view STEP SPACE ETC             starts a program with a container's view and dies by SIGKILL just before
//                                                       the step of that number; exits with 0 when there is no such step
using System.Diagnostics;
using BridgeNet.Engine;
using BridgeNet.EngineProbe;
using BridgeNet.Firewall;
using BridgeNet.Namespaces;
using BridgeNet.State;

if (args is ["view", var last, var space, var etc])
    return View(int.Parse(last), space, etc);
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
    Changes.All[second].Make(engine, context);
    return 0;
}
for (int i = 0; i < int.Parse(second); i++)
{
    engine.CreateNetwork(new NetworkRequest($"{first}{i}"), new ChangeContext());
    engine.CreateContainer(new ContainerRequest($"{first}c{i}") { Network = new EndpointRequest($"{first}{i}") }, new ChangeContext());
    engine.Connect(new EndpointRequest("shared"), new ContainerReference { Name = $"{first}c{i}" }, new ChangeContext());
}
return 0;

static int View(int deadly, string space, string etc)
{
    int step = 0;
    ContainerView view = new()
    {
        EtcDirectory = etc,
        Hostname = "h1",
        Trace = _ =>
        {
            if (step++ == deadly)
                Process.GetCurrentProcess().Kill();
        },
    };
    using NetworkNamespace opened = NetworkNamespace.Open(space);
    return NamespaceProcess.Run(opened, "true", [], Console.Out.WriteLine, Console.Error.WriteLine, CancellationToken.None, view);
}
