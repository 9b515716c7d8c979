using BridgeNet.Firewall;

namespace BridgeNet.Bench;

/// <summary>Everything in order, for each firewall backend that can be had here.</summary>
internal static class Suite
{
    public static void Measure(Session session, int networks, Report report)
    {
        using RawKernel kernel = new();
        foreach (string backend in (string[])["nftables", "iptables"])
        {
            if (backend == "iptables" && !IptablesProgram.IsInstalled)
            {
                Console.WriteLine("\niptables is not installed: its half is left out");
                continue;
            }
            using IRawRules rules = backend == "iptables" ? new RawIptables() : new RawNftables();
            // On the disk where the temporary files are, as /var/lib is on one; /run would be memory.
            using TemporaryDirectory state = new();
            Environment.SetEnvironmentVariable("BRIDGENET_STATE", state.Path);
            Environment.SetEnvironmentVariable("BRIDGENET_FIREWALL", backend);
            new CmdletBench(session, kernel, rules, report).Measure(backend);
            if (networks > 0)
                new ScaleBench(session, kernel, report).Measure(backend, networks);
            session.Run("Get-BridgeContainer | Remove-BridgeContainer; Get-BridgeNetwork | Where-Object BridgeName | Remove-BridgeNetwork");
        }
        Console.WriteLine($"\nload average at the end {Machine.Load()}");
    }
}
