using BridgeNet.Shell;

namespace BridgeNet.TestKit;

/// <summary>
/// A user who is not root runs the tests too: as root of a user namespace, which every test's own namespaces are then in. A process with
/// threads cannot enter one, so it begins anew in it before any test is looked for.
/// </summary>
public static class UserNamespace
{
    private const string Entered = "BRIDGENET_TESTS_ENTERED";

    /// <summary>Whether this is root of the machine, and not only of a user namespace.</summary>
    public static bool IsRealRoot { get; } =
        Environment.IsPrivilegedProcess
        && File.ReadAllText("/proc/self/uid_map").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];

    /// <summary>
    /// Begins this process anew in a user namespace, if its user is not root and is allowed one: the first act of a program of tests.
    /// </summary>
    public static void Enter()
    {
        if (Environment.IsPrivilegedProcess || Environment.GetEnvironmentVariable(Entered) is not null || Unshare.Refusal is not null)
            return;
        string[] arguments = Environment.GetCommandLineArgs();
        // Under dotnet, the first argument is the assembly; the program of its own name does not need it.
        string[] self =
            Path.GetFileName(Environment.ProcessPath) == "dotnet"
                ? [Environment.ProcessPath!, .. arguments]
                : [Environment.ProcessPath!, .. arguments[1..]];
        throw ProcessImage.Replace([.. Unshare.User, "--", .. self], new Dictionary<string, string?> { [Entered] = "1" });
    }
}
