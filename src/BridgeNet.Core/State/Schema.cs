namespace BridgeNet.State;

/// <summary>The database schema, as migration steps from each version to the next; a new file runs all of them.</summary>
internal static class Schema
{
    public const int ApplicationId = 0x424e6574; // "BNet"

    /// <summary>Step N migrates version N to N + 1. Released steps are never changed.</summary>
    public static readonly IReadOnlyList<string> Steps =
    [
        """
            CREATE TABLE network (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, subnet TEXT UNIQUE, last_address TEXT, document TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE container (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE endpoint (id TEXT PRIMARY KEY,
                network_id TEXT NOT NULL REFERENCES network(id), container_id TEXT NOT NULL REFERENCES container(id),
                address TEXT NOT NULL, document TEXT NOT NULL,
                UNIQUE (network_id, container_id), UNIQUE (network_id, address)) WITHOUT ROWID;
            CREATE INDEX endpoint_container ON endpoint(container_id);
            """,
        // Subnets of two families, addresses of two families, reservations and published ports.
        """
            CREATE TABLE network2 (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, bridge TEXT UNIQUE, document TEXT NOT NULL) WITHOUT ROWID;
            INSERT INTO network2 SELECT id, name, json_extract(document, '$.BridgeName'),
                iif(subnet IS NULL, document, json_set(document, '$.IPAM.Config[0].Automatic', json(iif(json_extract(document, '$.AutomaticSubnet'), 'true', 'false')))) FROM network;
            CREATE TABLE subnet (network_id TEXT NOT NULL REFERENCES network2(id) ON DELETE CASCADE, subnet TEXT NOT NULL UNIQUE, last_address TEXT,
                PRIMARY KEY (network_id, subnet)) WITHOUT ROWID;
            INSERT INTO subnet SELECT id, subnet, last_address FROM network WHERE subnet IS NOT NULL;
            CREATE TABLE endpoint2 (id TEXT PRIMARY KEY,
                network_id TEXT NOT NULL REFERENCES network2(id), container_id TEXT NOT NULL REFERENCES container(id),
                address TEXT, address6 TEXT, mac TEXT NOT NULL, document TEXT NOT NULL,
                UNIQUE (network_id, container_id), UNIQUE (network_id, address), UNIQUE (network_id, address6), UNIQUE (network_id, mac)) WITHOUT ROWID;
            INSERT INTO endpoint2 SELECT id, network_id, container_id, address, NULL, json_extract(document, '$.MacAddress'), document FROM endpoint;
            DROP TABLE endpoint;
            DROP TABLE network;
            ALTER TABLE network2 RENAME TO network;
            ALTER TABLE endpoint2 RENAME TO endpoint;
            CREATE INDEX endpoint_container ON endpoint(container_id);
            CREATE TABLE reservation (network_id TEXT NOT NULL REFERENCES network(id) ON DELETE CASCADE,
                container_id TEXT NOT NULL REFERENCES container(id) ON DELETE CASCADE,
                address TEXT, address6 TEXT, mac TEXT, PRIMARY KEY (network_id, container_id)) WITHOUT ROWID;
            CREATE TABLE port (endpoint_id TEXT NOT NULL REFERENCES endpoint(id) ON DELETE CASCADE,
                protocol TEXT NOT NULL, host_address TEXT NOT NULL, host_port INTEGER NOT NULL, container_port INTEGER NOT NULL,
                PRIMARY KEY (endpoint_id, protocol, host_address, host_port, container_port)) WITHOUT ROWID;
            CREATE UNIQUE INDEX port_host ON port(protocol, host_address, host_port) WHERE host_port > 0;
            """,
        // Values of the whole state, such as the firewall backend that has the rules.
        """
            CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
            """,
        // An index for names that differ only in letter case. Not unique: earlier versions accepted such names.
        """
            CREATE INDEX network_name ON network(name COLLATE NOCASE);
            CREATE INDEX container_name ON container(name COLLATE NOCASE);
            """,
        // The namespace of a container: one namespace is one container.
        """
            ALTER TABLE container ADD COLUMN netns TEXT;
            CREATE UNIQUE INDEX container_netns ON container(netns);
            """,
        // Only the version number: from here on, writers take the host lock, so a version that does not know this must refuse the state.
        "/* HostLock */",
        // The same: endpoints without a MAC address of their own, of drivers that earlier versions do not have.
        "/* EndpointRow.MacAddress */",
    ];
}
