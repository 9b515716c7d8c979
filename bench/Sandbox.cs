using System.Diagnostics;

namespace BridgeNet.Bench;

/// <summary>Runs this program again in namespaces of its own.</summary>
internal static class Sandbox
{
    public static int Start(string networks)
    {
        string[] command = [.. Unshare.Sandbox, Environment.ProcessPath!, "-Inside", Namespace(), networks];
        using Process process = Process.Start(command[0], command[1..]);
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
