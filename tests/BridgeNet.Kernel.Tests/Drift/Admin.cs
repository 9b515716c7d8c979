using BridgeNet.Firewall;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>An admin with a shell in the calling thread's namespaces.</summary>
internal static class Admin
{
    private static readonly string[] s_tools =
    [
        "ip",
        "nft",
        "iptables",
        "ip6tables",
        "iptables-legacy",
        "ip6tables-legacy",
        "sysctl",
        "bridge",
        "nsenter",
        "unshare",
        "mount",
        "umount",
    ];

    // Some of its programs are written in Python, and the machine may be loaded.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs a line; skips the test where one of its tools is not installed.</summary>
    public static string Run(string line)
    {
        foreach (string tool in s_tools)
            Assert.SkipWhen(
                line.Split(' ', ';', '|', '(', '\n').Contains(tool) && ProgramPath.Find(tool) is null,
                $"{tool} is not installed"
            );
        (int code, string output, string error) = IptablesProgram.Run("sh", "", s_patience, ["-ec", line]);
        Assert.True(code == 0, $"{line}: {error}");
        return output;
    }

    /// <summary>
    /// Skips the test where one of the tools is not installed: at its start, for one that is skipped half-way leaves what it broke.
    /// </summary>
    public static void Needs(params IReadOnlyList<string> tools)
    {
        foreach (string tool in tools)
            Assert.SkipWhen(ProgramPath.Find(tool) is null, $"{tool} is not installed");
    }

    /// <summary>Skips the test where the kernel renames no link that is up.</summary>
    public static void NeedsRenameOfLinksThatAreUp() =>
        Assert.SkipWhen(Environment.OSVersion.Version < new Version(6, 2), "a kernel before 6.2 renames no link that is up");

    /// <summary>Skips the test where iptables' older variant is not installed, or the kernel is without it.</summary>
    public static void NeedsLegacyIptables() =>
        Assert.SkipUnless(
            ProgramPath.Find("iptables-legacy") is not null && IptablesProgram.Run("iptables-legacy", "", "-S", "FORWARD").Code == 0,
            "iptables-legacy is not installed, or the kernel is without it"
        );
}
