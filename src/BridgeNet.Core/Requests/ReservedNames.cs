using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>
/// Host names that programs trust to mean something else than a container: a neighbour that is called <c>localhost</c> would
/// be asked what only this machine may know. Letter case makes no difference.
/// </summary>
internal static class ReservedNames
{
    /// <summary>The loopback addresses, in the words of RFC 6761 and of distributions, and Docker's word for the address of the host.</summary>
    private static readonly HashSet<string> s_loopback = new(StringComparer.OrdinalIgnoreCase)
    {
        "localhost",
        "localhost.localdomain",
        "localhost4",
        "localhost4.localdomain4",
        "localhost6",
        "localhost6.localdomain6",
        "broadcasthost",
        "host-gateway",
    };

    /// <summary>Names of the host that engines give it inside, and systemd everywhere; to add one of them is what <c>-AddHost</c> is for.</summary>
    private static readonly HashSet<string> s_host = new(StringComparer.OrdinalIgnoreCase)
    {
        "host.docker.internal",
        "gateway.docker.internal",
        "host.containers.internal",
        // Of systemd (nss-myhostname, systemd-resolved).
        "_gateway",
        "_outbound",
        "_localdnsstub",
        "_localdnsproxy",
    };

    /// <summary>Whether a name is never anybody's but the loopback's, so that no line of a hosts file but the constant ones has it.</summary>
    public static bool IsLoopback(string name) =>
        s_loopback.Contains(WithoutRoot(name))
        || WithoutRoot(name).EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ip6-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a name is no container's, in the eyes of any container: the loopback's, or the host's own by engines.</summary>
    public static bool IsReserved(string name) => IsLoopback(name) || s_host.Contains(WithoutRoot(name));

    /// <summary>Refuses what a user calls an added host.</summary>
    public static void CheckAdded(string name, ICollection<Problem> problems)
    {
        if (IsLoopback(name))
            problems.Add(
                HostNameRules.Invalid(
                    name,
                    $"'{name}' cannot be the name of an added host, for programs take it for the loopback address; choose another name."
                )
            );
    }

    /// <summary>Refuses what a container calls itself: it may have the host's own name, for nobody else sees it.</summary>
    public static void CheckOwn(string name, ICollection<Problem> problems)
    {
        if (IsReserved(name))
            problems.Add(HostNameRules.Invalid(name, $"'{name}' cannot be a host name, for {Meaning(name)}; choose another name."));
    }

    /// <summary>Refuses what neighbours would know a container by; <paramref name="what"/> is the word for it, with its article.</summary>
    public static void CheckShown(string errorId, string what, string name, ICollection<Problem> problems)
    {
        if (IsReserved(name) || IsMachine(name))
            problems.Add(
                new(errorId, ProblemCategory.InvalidArgument, $"'{name}' cannot be {what}, for {Meaning(name)}; choose another name.", name)
            );
    }

    private static string Meaning(string name) =>
        IsLoopback(name) ? "programs take it for the loopback address"
        : IsReserved(name) ? "programs take it for the host"
        : "it is the host's own name";

    /// <summary>Whether it is the host's own name, whole or up to the first dot. Only asked of new names, for a host may be renamed.</summary>
    private static bool IsMachine(string name)
    {
        string machine = File.ReadAllText("/proc/sys/kernel/hostname").Trim();
        return new[] { machine, machine.Split('.')[0] }.Contains(WithoutRoot(name), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A resolver takes <c>localhost.</c> for <c>localhost</c>.</summary>
    private static string WithoutRoot(string name) => name.TrimEnd('.');
}
