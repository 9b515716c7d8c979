// An engine in a process of its own, for tests that kill it or run several at once. It works in the namespaces it is born in.
//
// BridgeNet.EngineProbe with
// STATE BACKEND die STEP CHANGE   makes one change, or a repair, and dies by SIGKILL just before the step of that number; exits with 0
//                                 when the change has no such step, and so was made; with "recorded" as its step it dies when the
//                                 change is recorded and its journal still there
// STATE BACKEND create PREFIX N   makes N networks, each with a container on it and on the network "shared"
// STATE BACKEND load SEED N       waits for a line, then does N commands of a mixed load; a line for each with what became of it
// STATE BACKEND race SUBNET N     waits for a line, then N threads make a network of that subnet at once; a line for each error id, or
//                                 "made"
// STATE BACKEND hold 0 0          takes the write lock, says so, and keeps it until a line comes
// STATE BACKEND reuse N 0         N times a container's process dies and another gets its number; says how often that was so
// view STEP SPACE ETC             starts a program with a container's view and dies by SIGKILL just before the step of that number;
//                                 exits with 0 when there is no such step
// first SPACE                     starts the first program of its life, in a namespace; exits with 1 when a thread of its own stays
//                                 there
using System.Diagnostics;
using BridgeNet;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.EngineProbe;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;
using BridgeNet.TestKit.Core;

if (args is ["view", var last, var space, var etc])
    return View(int.Parse(last), space, etc);
if (args is ["first", var inside])
    return First(inside);
if (args is not [var state, var backend, var task, var first, var second])
    return 2;
using Session engine = Engine.Open(state, backend);
if (task == "die")
{
    static void Die() => Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no finally
    ChangeContext context =
        first == "recorded"
            ? new() { Recorded = Die }
            : new()
            {
                BeforeStep = (step, _) =>
                {
                    if (step == int.Parse(first))
                        Die();
                },
            };
    if (second == "repair")
        engine.Repair(null, context);
    else
        ChangeCatalog.All[second].Make(engine, context);
    return 0;
}
if (task == "load")
{
    Load load = new(engine, int.Parse(first));
    // Ready: what a warm session has compiled and opened is so here too.
    engine.GetContainers();
    Say("ready");
    Console.ReadLine();
    for (int i = 0; i < int.Parse(second); i++)
    {
        long start = Stopwatch.GetTimestamp();
        string outcome = load.Step();
        Say($"{outcome} {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0}");
    }
    return 0;
}
if (task == "race")
{
    Say("ready");
    Console.ReadLine();
    using Barrier together = new(int.Parse(second));
    Thread[] threads =
    [
        .. Enumerable
            .Range(0, int.Parse(second))
            .Select(number => new Thread(() =>
            {
                // Each has its turn, however slow the machine is.
                using Session own = Engine.Open(state, backend, patience: TimeSpan.FromMinutes(10));
                together.SignalAndWait();
                try
                {
                    own.CreateNetwork(
                        new NetworkRequest($"race{Environment.ProcessId}-{number}") { Subnets = [first] },
                        new ChangeContext()
                    );
                    Say("made");
                }
                catch (BridgeNetException refused)
                {
                    Say(string.Join(',', refused.Problems.Select(static problem => problem.ErrorId)));
                }
            })),
    ];
    foreach (Thread thread in threads)
        thread.Start();
    foreach (Thread thread in threads)
        thread.Join();
    return 0;
}
if (task == "reuse")
{
    Say(ReusedNumbers.Try(engine, int.Parse(first)).ToString());
    return 0;
}
if (task == "hold")
{
    using SqliteStateStore store = SqliteStateStore.Open(state);
    using IStateHold held = store.Take(default);
    Say("held");
    Console.ReadLine();
    return 0;
}
for (int i = 0; i < int.Parse(second); i++)
{
    engine.CreateNetwork(new NetworkRequest($"{first}{i}"), new ChangeContext());
    engine.CreateContainer(new ContainerRequest($"{first}c{i}") { Network = new EndpointRequest($"{first}{i}") }, new ChangeContext());
    engine.Connect(new EndpointRequest("shared"), new ContainerReference { Name = $"{first}c{i}" }, new ChangeContext());
}
return 0;

static void Say(string line)
{
    lock (Console.Out)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}

static int First(string space)
{
    using NetworkNamespace opened = NetworkNamespace.Open(space);
    NamespaceProcess.Run(opened, "true", [], Console.Out.WriteLine, Console.Error.WriteLine, CancellationToken.None);
    // The JIT's background thread may be born anywhere, and ends after some idle seconds.
    for (Stopwatch clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(20); Thread.Sleep(50))
    {
        if (opened.ThreadsOfOurs().Length == 0)
            return 0;
    }
    Console.Error.WriteLine("a thread stays in the namespace");
    return 1;
}

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
