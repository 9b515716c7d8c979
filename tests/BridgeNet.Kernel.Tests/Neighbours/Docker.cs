using System.Diagnostics;
using BridgeNet.Firewall;
using BridgeNet.Kernel.Tests.Drift;
using Xunit;

namespace BridgeNet.Kernel.Tests.Neighbours;

/// <summary>
/// A real Docker Engine in the calling thread's network namespace, with everything that it writes in its private <c>/run</c>;
/// without containers, which need cgroups.
/// </summary>
internal sealed class Docker : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _engine;

    public Docker()
    {
        Needs();
        _engine = Process.Start(
            new ProcessStartInfo(
                "unshare",
                [
                    "--mount",
                    "sh",
                    "-c",
                    """
                    mount -t tmpfs tmpfs /sys/fs/cgroup
                    dockerd --data-root /run/test-docker/data --exec-root /run/test-docker/exec --pidfile /run/test-docker/pid \
                        -H unix:///run/test-docker/socket --storage-driver vfs >/run/test-docker.log 2>&1 &
                    engine=$!
                    read end
                    kill $engine; wait $engine
                    """,
                ]
            )
            {
                RedirectStandardInput = true,
            }
        )!;
        long start = Stopwatch.GetTimestamp();
        while (Try("version").Code != 0)
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience && !_engine.HasExited, $"dockerd does not start: {Log()}");
    }

    /// <summary>Skips the test where there is none.</summary>
    public static void Needs() => Admin.Needs("dockerd", "docker", "containerd", "unshare", "iptables", "ip");

    public void Run(params string[] arguments)
    {
        (int code, _, string error) = Try(arguments);
        Assert.True(code == 0, $"docker {string.Join(' ', arguments)}: {error}");
    }

    public void Dispose()
    {
        _engine.StandardInput.Close();
        _engine.WaitForExit();
        _engine.Dispose();
        Admin.Run("ip link delete docker0");
    }

    private static (int Code, string Output, string Error) Try(params string[] arguments) =>
        IptablesProgram.Run("docker", "", ["-H", "unix:///run/test-docker/socket", .. arguments]);

    private static string Log() => File.Exists("/run/test-docker.log") ? File.ReadAllText("/run/test-docker.log") : "";
}
