using System.Diagnostics;

namespace BridgeNet.Bench;

/// <summary>Runs this program again in network and mount namespaces of its own, where <c>/run</c> (iptables' lock, <c>ip netns</c>' names) is an empty tmpfs.</summary>
internal static class Sandbox
{
    public static int Start(string networks)
    {
        ProcessStartInfo start = new("unshare");
        string[] user = Environment.UserName == "root" ? [] : ["--user", "--map-root-user"];
        foreach (
            string word in (string[])
                [
                    .. user,
                    "--net",
                    "--mount",
                    "sh",
                    "-c",
                    "mount -t tmpfs bench /run && exec \"$0\" \"$@\"",
                    Environment.ProcessPath!,
                    "-Inside",
                    Namespace(),
                    networks,
                ]
        )
        {
            start.ArgumentList.Add(word);
        }
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Throws unless this process is in another network namespace than the one that started it.</summary>
    public static void Refuse(string outside)
    {
        if (Namespace() == outside)
            throw new InvalidOperationException(
                "This is the network namespace that the bench was started in; it measures in one of its own only."
            );
    }

    private static string Namespace() => new FileInfo("/proc/self/ns/net").LinkTarget!;
}
