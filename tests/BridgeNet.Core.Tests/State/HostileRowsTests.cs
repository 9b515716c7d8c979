using BridgeNet.Changes;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;
using Microsoft.Data.Sqlite;
using Xunit;

namespace BridgeNet.Core.Tests.State;

/// <summary>
/// Rows that somebody spoiled: what reads them says StateUnusable, or goes on; nothing else. The seed is fixed, so that a failure comes
/// again.
/// </summary>
public sealed class HostileRowsTests : IDisposable
{
    private const int Seed = 7,
        Count = 50_000;

    private static readonly string[] s_json =
    [
        "null",
        "1",
        "-1",
        "1e400",
        "\"\"",
        "\"x\"",
        "[]",
        "{}",
        "[null]",
        "[1]",
        "{\"a\":null}",
        "true",
        "\"10.0.0.0/8\"",
        "\"../../etc\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "99999999999",
        "",
        "{",
        "]",
        "\0",
    ];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Any_row_is_either_read_or_refused_as_unusable()
    {
        NetworkRow network = Rows.Network("a", 1);
        ContainerRow container = Rows.Container("c", 2);
        EndpointRow endpoint = Rows.Endpoint(network, container, "10.1.0.2");
        using SqliteStateStore store = SqliteStateStore.Open(_directory.Path);
        using Session engine = new(store, new LinuxMachine(static () => new IptablesBackend()), _directory.File("netns"));
        Rows.Write(
            store,
            transaction =>
            {
                transaction.Put(network);
                transaction.Put(container);
                transaction.Put(endpoint);
            }
        );
        (string Table, string Right)[] documents =
        [
            ("network", StateJson.Write(network)),
            ("container", StateJson.Write(container)),
            ("endpoint", StateJson.Write(endpoint)),
        ];
        using SqliteConnection connection = new(
            new SqliteConnectionStringBuilder { DataSource = _directory.File("state.db"), Pooling = false }.ToString()
        );
        connection.Open();
        using SqliteCommand synchronous = new("PRAGMA synchronous=OFF", connection);
        synchronous.ExecuteNonQuery();
        HostileText text = new(Seed);
        int read = 0,
            refused = 0;
        for (int i = 0; i < Count; i++)
        {
            (string table, string right) = text.One(documents);
            string spoiled = Spoil(text, right);
            Put(connection, table, spoiled);
            try
            {
                engine.GetNetworks();
                engine.GetContainers();
                engine.GetPorts();
                engine.DescribeCreateContainer(new ContainerRequest("new") { Network = new EndpointRequest("a") }, new ChangeContext());
                engine.DescribeRemoveNetworks(["a"], force: true);
                read++;
            }
            catch (BridgeNetException failure)
            {
                Assert.True(
                    failure.Problems.All(problem => problem.ErrorId != "Unexpected"),
                    $"number {i}: {spoiled}\n{failure} {failure.InnerException}"
                );
                refused++;
            }
            catch (Exception unexpected) when (unexpected is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"number {i}: {spoiled}\n{unexpected}");
            }
            Put(connection, table, right);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{Count} spoiled rows: {read} read, {refused} refused");
        Assert.True(refused > 1000 && read > 1000);
        Assert.Equal("a", Assert.Single(engine.GetNetworks(), row => row.BridgeName is not null).Name);
    }

    /// <summary>A document with a value replaced, a piece cut out or put in, or something else in its place.</summary>
    private static string Spoil(HostileText text, string right)
    {
        switch (text.Next(4))
        {
            case 0:
                int colon = Enumerable
                    .Range(0, right.Length)
                    .Where(i => right[i] == ':' && right[i - 1] == '"')
                    .ElementAt(text.Next(right.Split("\":").Length - 1));
                int end = right[colon + 1] switch
                {
                    '"' => right.IndexOf('"', colon + 2) + 1,
                    '[' => right.IndexOf(']', colon) + 1,
                    '{' => right.IndexOf('}', colon) + 1,
                    _ => right.AsSpan(colon).IndexOfAny(',', '}') + colon,
                };
                return right[..(colon + 1)] + text.One(s_json) + right[end..];
            case 1:
                return right[..text.Next(right.Length)];
            case 2:
                int at = text.Next(right.Length);
                return right[..at] + text.One(s_json) + right[at..];
            default:
                return text.Of(right);
        }
    }

    private static void Put(SqliteConnection connection, string table, string document)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"UPDATE {table} SET document = $a";
        command.Parameters.AddWithValue("$a", document);
        command.ExecuteNonQuery();
    }
}
