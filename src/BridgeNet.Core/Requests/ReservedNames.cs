using BridgeNet.Model;

namespace BridgeNet.Requests;

/// <summary>
/// Host names with a fixed meaning for programs, which no container may have: programs would send data that is meant for the local machine
/// to a neighbour named <c>localhost</c>. Letter case does not matter.
/// </summary>
internal static class ReservedNames
{
    /// <summary>Names of the loopback addresses, from RFC 6761 and distributions, and Docker's word for the address of the host.</summary>
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

    /// <summary>
    /// Names of the host that container engines, and systemd everywhere, define; a user can add them with <c>-AddHost</c>.
    /// </summary>
    private static readonly HashSet<string> s_host = new(StringComparer.OrdinalIgnoreCase)
    {
        "host.docker.internal",
        "gateway.docker.internal",
        "host.containers.internal",
        // From systemd (nss-myhostname, systemd-resolved).
        "_gateway",
        "_outbound",
        "_localdnsstub",
        "_localdnsproxy",
    };

    /// <summary>Whether a name always means the loopback address, so that only the constant lines of a hosts file have it.</summary>
    public static bool IsLoopback(string name) =>
        s_loopback.Contains(WithoutRoot(name))
        || WithoutRoot(name).EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ip6-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether no container may have a name: it means the loopback address, or the host.</summary>
    public static bool IsReserved(string name) => IsLoopback(name) || s_host.Contains(WithoutRoot(name));

    /// <summary>Adds a problem if an added host must not have a name.</summary>
    public static void CheckAdded(string name, ICollection<Problem> problems)
    {
        if (IsLoopback(name))
            problems.Add(
                HostNameRules.Invalid(
                    name,
                    $"'{name}' is invalid as the name of an added host: programs resolve it to the loopback address; choose another name."
                )
            );
    }

    /// <summary>
    /// Adds a problem if a container must not have a name as its own host name. The host's own name is allowed, because neighbours do not
    /// see it.
    /// </summary>
    public static void CheckOwn(string name, ICollection<Problem> problems)
    {
        if (IsReserved(name))
            problems.Add(HostNameRules.Invalid(name, $"'{name}' is invalid as a host name: {Meaning(name)}; choose another name."));
    }

    /// <summary>
    /// Adds a problem if neighbours must not resolve a name as a container; <paramref name="what"/> is the noun for the problem, with its
    /// article.
    /// </summary>
    public static void CheckShown(string errorId, string what, string name, ICollection<Problem> problems)
    {
        if (IsReserved(name) || IsMachine(name))
            problems.Add(
                new(errorId, ProblemCategory.InvalidArgument, $"'{name}' is invalid as {what}: {Meaning(name)}; choose another name.", name)
            );
    }

    private static string Meaning(string name) =>
        IsLoopback(name) ? "programs resolve it to the loopback address"
        : IsReserved(name) ? "programs resolve it to the host"
        : "it is the host's own name";

    /// <summary>
    /// Whether it is the host's own name, in full or up to the first dot. Checked only for new names, because a host may be renamed.
    /// </summary>
    private static bool IsMachine(string name)
    {
        string machine = File.ReadAllText("/proc/sys/kernel/hostname").Trim();
        return new[] { machine, machine.Split('.')[0] }.Contains(WithoutRoot(name), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Without the dot at the end: for a resolver, <c>localhost.</c> is <c>localhost</c>.</summary>
    private static string WithoutRoot(string name) => name.TrimEnd('.');
}
