using System.ComponentModel;

namespace BridgeNet.TestKit;

/// <summary>
/// util-linux' <c>unshare</c>, which every distribution has: words before a command, which give its process namespaces of its own.
/// </summary>
public static class Unshare
{
    private static readonly Lazy<string?> s_refusal = new(Try);
    private static readonly string s_program = InstalledProgram.Find("unshare") ?? "unshare";
    private static readonly string[] s_namespaces = ["--net", "--mount"];

    /// <summary>A user namespace, whose root the user is.</summary>
    public static string[] User { get; } = [s_program, "--user", "--map-root-user"];

    /// <summary>A network and a mount namespace of root's.</summary>
    public static string[] ByRoot { get; } = [s_program, .. s_namespaces];

    /// <summary>A network and a mount namespace of a plain user's, who can have them in a user namespace alone.</summary>
    public static string[] ByUser { get; } = [.. User, .. s_namespaces];

    /// <summary>
    /// A network and a mount namespace for whoever this is, where <c>/run</c> (iptables' lock, <c>ip netns</c>' names, states) is an
    /// empty tmpfs. The process ends with <c>unshare</c>.
    /// </summary>
    public static string[] Sandbox { get; } =
    [
        .. Environment.IsPrivilegedProcess ? ByRoot : ByUser,
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        "mount -t tmpfs tmpfs /run && exec \"$0\" \"$@\"",
    ];

    /// <summary>Why this user can have no <see cref="Sandbox"/> here; null where they can.</summary>
    public static string? Refusal => s_refusal.Value;

    private static string? Try()
    {
        try
        {
            ProcessOutput output = ProcessOutput.Of([.. Sandbox, "true"]);
            return output.Code == 0 ? null : $"this user can create no namespaces here: {output.Error.Trim()}";
        }
        catch (Win32Exception)
        {
            return "unshare (util-linux) is not installed";
        }
    }
}
