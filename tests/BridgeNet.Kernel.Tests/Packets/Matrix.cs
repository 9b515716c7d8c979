using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>
/// A table of who reaches whom, one cell a line: from, to with a port (TCP unless /udp) or "ping", and what comes of it over
/// IPv4 and IPv6: the role whose address the server sees, <c>ok</c> for an answered ping or any address, <c>-</c> for nothing.
/// </summary>
internal static class Matrix
{
    /// <summary>Both backends, with bridged packets past the firewall and through it.</summary>
    public static readonly TheoryData<string, string> Cases = [.. from backend in EngineSpace.Backends from bridged in (string[])["0", "1"] select (backend.Data, bridged)];

    /// <summary>Makes the lab and checks every cell of the table.</summary>
    public static void Check(PrivateNamespace space, string backend, string bridged, IReadOnlyDictionary<string, string> options, bool isInternal, string table, Action<Lab>? prepare = null) =>
        EngineSpace.In(space, backend, (engine, state) =>
        {
            using BridgeNetfilter _ = new(bridged);
            using Lab lab = new(engine, state, options, isInternal);
            prepare?.Invoke(lab);
            Check(lab, table);
        });

    /// <summary>Checks every cell of a table in a lab that is there.</summary>
    public static void Check(Lab lab, string table)
    {
        using Traffic traffic = lab.Serve();
        IReadOnlyList<string> surprises = Surprises(lab, traffic, table);
        Assert.True(surprises.Count == 0, string.Join('\n', surprises));
    }

    /// <summary>The cells of a table that are otherwise, with servers that are there.</summary>
    public static IReadOnlyList<string> Surprises(Lab lab, Traffic traffic, string table)
    {
        Dictionary<Roles, Prediction> predictions = Roles.Both.ToDictionary(static roles => roles, roles => new Prediction(lab, roles));
        List<string> wrong = [];
        foreach (string[] cell in table.Split('\n').Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(static cell => cell.Length > 0))
        {
            Assert.Equal(4, cell.Length);
            foreach (Roles roles in Roles.Both)
            {
                string from = cell[0], to = cell[1], expected = cell[roles == Roles.IPv4 ? 2 : 3];
                string role = to.Split(':')[0], port = to.Split(':')[1].Split('/')[0];
                string protocol = port == "ping" ? "ping" : to.EndsWith("/udp", StringComparison.Ordinal) ? "udp" : "tcp";
                // What the rules say of it by themselves must be the same.
                string predicted = predictions[roles].Of(from, role, protocol, port == "ping" ? 0 : int.Parse(port));
                bool isRight = expected == Attempt.Answered ? predicted != Attempt.Nothing : predicted == (expected == Attempt.Nothing ? expected : roles.Text(expected));
                if (!isRight)
                    wrong.Add($"{roles.Name} {from} -> {to}: {predicted} by the rules, not {expected}");
                traffic.Try($"{roles.Name} {from} -> {to}", lab[from], protocol, roles.Of(role), port == "ping" ? 0 : int.Parse(port),
                    expected is Attempt.Nothing or Attempt.Answered ? expected : roles.Text(expected));
            }
        }
        return [.. wrong, .. traffic.Surprises()];
    }
}
