using System.Diagnostics;
using BridgeNet.Firewall;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests.Neighbours;

/// <summary>
/// The real firewalld, under a D-Bus of its own. Both are born in the calling thread's namespaces, have their socket and their
/// settings in its private <c>/run</c>, and end with this object, or with the test's process, whose end of a pipe they watch.
/// </summary>
internal sealed class Firewalld : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>A bus on which everybody may do everything, and which starts no other service (polkit, which root does not need).</summary>
    private const string Bus = """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
         "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
          <policy context="default">
            <allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>
          </policy>
        </busconfig>
        """;

    private readonly Process _programs;

    /// <param name="backend">Its own: <c>nftables</c> or <c>iptables</c>.</param>
    public Firewalld(string backend)
    {
        Needs();
        Directory.CreateDirectory("/run/dbus");
        File.WriteAllText("/run/test-bus.conf", Bus);
        Admin.Run(
            $"""
            [ -d /run/test-firewalld ] || cp -a /etc/firewalld /run/test-firewalld
            sed -i 's/^FirewallBackend=.*/FirewallBackend={backend}/' /run/test-firewalld/firewalld.conf
            """
        );
        _programs = Process.Start(
            new ProcessStartInfo(
                "/bin/sh",
                [
                    "-c",
                    """
                    bus=$(dbus-daemon --config-file=/run/test-bus.conf --fork --nopidfile --print-pid 2>/dev/null)
                    firewalld --nofork --nopid --system-config /run/test-firewalld --log-target=console >/run/test-firewalld.log 2>&1 &
                    wall=$!
                    read end
                    kill $wall; wait $wall; kill $bus
                    """,
                ]
            )
            {
                RedirectStandardInput = true,
            }
        )!;
        long start = Stopwatch.GetTimestamp();
        while (IptablesProgram.Run("firewall-cmd", "", "--state").Code != 0)
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience && !_programs.HasExited, $"firewalld does not start: {Log()}");
    }

    /// <summary>Skips the test where it cannot run.</summary>
    public static void Needs()
    {
        Admin.Needs("firewalld", "firewall-cmd", "dbus-daemon", "nft", "iptables-save");
        Assert.SkipUnless(ProgramPath.Find("ip6tables-save") is not null, "ip6tables-save is not installed");
    }

    /// <summary>What firewalld says of itself.</summary>
    private static string Log() => File.Exists("/run/test-firewalld.log") ? File.ReadAllText("/run/test-firewalld.log") : "";

    public void Dispose()
    {
        _programs.StandardInput.Close();
        _programs.WaitForExit();
        _programs.Dispose();
        Directory.Delete("/run/test-firewalld", recursive: true);
    }
}
