using Xunit;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>
/// A table of who reaches whom, one cell a line: from, to with a port (TCP unless /udp) or "ping", and what comes of it over
/// IPv4 and IPv6: the role whose address the server sees, <c>ok</c> for an answered ping or any address, <c>-</c> for nothing.
/// </summary>
internal static class Matrix
{
    /// <summary>Both backends, with bridged packets past the firewall and through it.</summary>
    public static readonly TheoryData<string, string> Cases =
    [
        .. from backend in EngineSpace.Backends from bridged in (string[])["0", "1"] select (backend.Data, bridged),
    ];

    /// <summary>Makes the lab and checks every cell of the table.</summary>
    public static void Check(
        PrivateNamespace space,
        string backend,
        string bridged,
        IReadOnlyDictionary<string, string> options,
        bool isInternal,
        string table,
        Action<Lab>? prepare = null
    ) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using BridgeNetfilter _ = new(bridged);
                using Lab lab = new(engine, state, options, isInternal);
                prepare?.Invoke(lab);
                // Nobody but us is in the way here, so what the rules say by themselves must be the same.
                IReadOnlyList<string> wrong = Mispredicted(lab, table);
                Assert.True(wrong.Count == 0, string.Join('\n', wrong));
                Check(lab, table);
            }
        );

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
        foreach (Cell cell in Cells(table))
            traffic.Try($"{cell}", lab[cell.From], cell.Protocol, cell.Roles.Of(cell.To), cell.Port, cell.Expected);
        return traffic.Surprises();
    }

    /// <summary>The cells that <see cref="BridgeNet.Firewall.RuleEvaluator"/> says otherwise of.</summary>
    private static IReadOnlyList<string> Mispredicted(Lab lab, string table)
    {
        Dictionary<Roles, Prediction> predictions = Roles.Both.ToDictionary(static roles => roles, roles => new Prediction(lab, roles));
        return
        [
            .. from cell in Cells(table)
            let predicted = predictions[cell.Roles].Of(cell.From, cell.To, cell.Protocol, cell.Port)
            where cell.Expected == Attempt.Answered ? predicted == Attempt.Nothing : predicted != cell.Expected
            select $"{cell}: {predicted} by the rules, not {cell.Expected}",
        ];
    }

    private static IEnumerable<Cell> Cells(string table)
    {
        foreach (
            string[] line in table
                .Split('\n')
                .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(static line => line.Length > 0)
        )
        {
            Assert.Equal(4, line.Length);
            (string role, string port) = line[1].Split('/')[0].Split(':') is [var to, var number]
                ? (to, number)
                : throw new FormatException(line[1]);
            string protocol =
                port == "ping" ? "ping"
                : line[1].EndsWith("/udp", StringComparison.Ordinal) ? "udp"
                : "tcp";
            foreach (Roles roles in Roles.Both)
            {
                string expected = line[roles == Roles.IPv4 ? 2 : 3];
                yield return new(
                    roles,
                    line[0],
                    role,
                    protocol,
                    port == "ping" ? 0 : int.Parse(port),
                    expected is Attempt.Nothing or Attempt.Answered ? expected : roles.Text(expected)
                );
            }
        }
    }

    /// <summary>A cell in one address family.</summary>
    private sealed record Cell(Roles Roles, string From, string To, string Protocol, int Port, string Expected)
    {
        public override string ToString() =>
            $"{Roles.Name} {From} -> {To}:{(Protocol == "ping" ? Protocol : Port)}{(Protocol == "udp" ? "/udp" : "")}";
    }
}
