using System.Net;
using System.Net.Sockets;
using System.Text;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Names;

/// <summary>Composes the text of a container's <c>resolv.conf</c> from the host's.</summary>
internal static class ResolvConf
{
    /// <summary>The path of the host's file.</summary>
    public const string HostPath = "/etc/resolv.conf";

    private const string Marker = ContainerFiles.Marker + ", which keeps it up to date; without this line it is left alone.\n";

    // Docker once used Google's servers as a default. This module does not choose a name server for users.
    private const string NoServer =
        "# No name server: those of the host are on its own loopback, where no container reaches them. -Dns gives one.\n";

    /// <summary>Composes the text. Requested servers, search domains and options each replace the host's.</summary>
    /// <param name="host">The host's <c>/etc/resolv.conf</c>; empty if it does not exist.</param>
    /// <param name="resolved">
    /// systemd-resolved's <c>/run/systemd/resolve/resolv.conf</c>, with the servers behind its stub; null if it does not exist. Used if all
    /// of the host's servers are on loopback.
    /// </param>
    /// <param name="settings">The requested settings.</param>
    /// <param name="ipv6">
    /// Whether the container has IPv6; without it, IPv6 servers of the host would only use up the resolver's limit of three.
    /// </param>
    public static string Build(string host, string? resolved, NameSettings settings, bool ipv6)
    {
        Contents source = Contents.Read(host, ipv6);
        if (source.Servers.Count == 0 && resolved is not null && Contents.Read(resolved, ipv6) is { Servers.Count: > 0 } behind)
            source = behind;

        StringBuilder text = new(Marker);
        IReadOnlyList<IPAddress> servers = settings.Dns.Count > 0 ? settings.Dns : source.Servers;
        foreach (IPAddress server in servers.Distinct())
            text.Append($"nameserver {server}\n");
        if (servers.Count == 0)
            text.Append(NoServer);
        AppendList(text, "search", (settings.DnsSearch.Count > 0 ? settings.DnsSearch : source.Search).Where(domain => domain != "."));
        AppendList(text, "options", settings.DnsOptions.Count > 0 ? settings.DnsOptions : source.Options);
        return text.ToString();
    }

    private static void AppendList(StringBuilder text, string word, IEnumerable<string> values)
    {
        string list = string.Join(' ', values.Distinct());
        if (list.Length > 0)
            text.Append($"{word} {list}\n");
    }

    /// <summary>The parts of a <c>resolv.conf</c> that are usable in a container.</summary>
    private sealed record Contents(List<IPAddress> Servers, List<string> Search, List<string> Options)
    {
        public static Contents Read(string text, bool ipv6)
        {
            Contents contents = new([], [], []);
            foreach (string line in text.Split('\n'))
            {
                string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                switch (words)
                {
                    case ["nameserver", var server, ..]
                        when HostNameRules.ParseAddress(server) is { } address && IsReachable(address, ipv6):
                        contents.Servers.Add(address);
                        break;
                    case ["search" or "domain", .. var domains]: // the last line counts
                        contents.Search.Clear();
                        contents.Search.AddRange(domains.Where(domain => HostNameRules.IsName(domain.TrimEnd('.'))));
                        break;
                    case ["options", .. var options]:
                        contents.Options.AddRange(options.Where(HostNameRules.IsResolverOption));
                        break;
                }
            }
            return contents;
        }

        // The unspecified address means this machine to a resolver, and a link-local server is on a link that the container does not have.
        private static bool IsReachable(IPAddress server, bool ipv6) =>
            !IPAddress.IsLoopback(server)
            && !AddressNumber.IsAny(server)
            && (server.AddressFamily == AddressFamily.InterNetwork || (ipv6 && !server.IsIPv6LinkLocal));
    }
}
