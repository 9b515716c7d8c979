using System.Diagnostics;
using System.Globalization;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using static BridgeNet.TestKit.Core.Problems;

namespace BridgeNet.EngineProbe;

/// <summary>
/// Containers of processes that die, and whose number the kernel gives to another process at once: in a namespace of its own
/// or in the host's. Nothing may happen there. Needs a pid namespace of its own, where the next number can be chosen.
/// </summary>
internal static class ReusedNumbers
{
    private const string Name = "p";

    /// <summary>Tries it so often.</summary>
    /// <returns>How many numbers came back, and how many of them with the inode number of the namespace, or the start, of the
    /// first.</returns>
    /// <exception cref="InvalidOperationException">A stranger was entered.</exception>
    public static (int Numbers, int Inodes, int Starts) Try(Session engine, int rounds)
    {
        ChangeContext context = new();
        engine.CreateNetwork(new NetworkRequest("web"), context);
        int numbers = 0,
            inodes = 0,
            starts = 0;
        for (int round = 0; round < rounds; round++)
        {
            int victim;
            ulong inode,
                start;
            using (Process first = Begin("exec unshare --net sh -c 'echo; exec sleep 1000'"))
            {
                victim = first.Id;
                engine.Connect(new EndpointRequest("web"), new ContainerReference { ProcessId = victim, Name = Name }, context);
                inode = engine.FindContainer(Name).NetNSInode;
                start = engine.FindContainer(Name).ProcessStart;
                End(first);
            }
            bool host = round % 2 == 1;
            File.WriteAllText("/proc/sys/kernel/ns_last_pid", (victim - 1).ToString(CultureInfo.InvariantCulture));
            using (Process stranger = Begin(host ? "echo; exec sleep 1000" : "exec unshare --net sh -c 'echo; exec sleep 1000'"))
            {
                if (stranger.Id == victim)
                {
                    numbers++;
                    inodes += Inode(victim) == inode ? 1 : 0;
                    starts += ProcessStart.Of(victim) == start ? 1 : 0;
                    Attack(engine, context, victim, 1300 + (round % 100));
                }
                End(stranger);
            }
            Throw(engine.RemoveContainers([Name], context));
        }
        Throw(engine.RemoveNetworks(["web"], force: true, context));
        return (numbers, inodes, starts);
    }

    /// <summary>Every command that goes into a container.</summary>
    private static void Attack(Session engine, ChangeContext context, int process, int mtu)
    {
        string before = Links(process);
        Expect(engine.FindContainer(Name).Status == "dead", "it is taken for the first");
        engine.SetNetwork(
            new NetworkSettings("web") { Options = new Dictionary<string, string> { [NetworkOptions.Mtu] = $"{mtu}" } },
            context
        );
        engine.Repair(null, context);
        Refused(() => engine.Run(Name, "true", [], "/", static _ => { }, static _ => { }, CancellationToken.None));
        Refused(() => engine.TestConnection(Name, "127.0.0.1", 0, 1, TimeSpan.FromMilliseconds(1), CancellationToken.None));
        Refused(() => engine.Connect(new EndpointRequest("bridge"), new ContainerReference { Name = Name }, context));
        Refused(() => engine.Connect(new EndpointRequest("bridge"), new ContainerReference { Name = Name, ProcessId = process }, context));
        Expect(Links(process) == before, $"it was changed:\n{before}\n{Links(process)}");
    }

    private static Process Begin(string script)
    {
        Process process = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true })!;
        // It says so when it is where it will be.
        process.StandardOutput.ReadLine();
        return process;
    }

    private static void End(Process process)
    {
        process.Kill();
        process.WaitForExit();
    }

    // Of the host what its networks have is left out.
    private static string Links(int process)
    {
        using NetworkNamespace space = NetworkNamespace.Open($"/proc/{process}/ns/net");
        using RtnetlinkConnection links = space.OpenRtnetlink();
        return string.Join('\n', links.GetLinks().Where(static link => link.Kind is null));
    }

    private static ulong Inode(int process)
    {
        using NetworkNamespace space = NetworkNamespace.Open($"/proc/{process}/ns/net");
        return space.Inode;
    }

    private static void Refused(Action command)
    {
        try
        {
            command();
        }
        catch (BridgeNetException)
        {
            return;
        }
        throw new InvalidOperationException("a command went into a stranger");
    }

    private static void Expect(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }
}
