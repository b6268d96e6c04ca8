// SPDX-License-Identifier: GPL-3.0-or-later
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.protocol.*;
import org.apache.kafka.common.requests.*;

/** A connection that speaks the client's generated messages themselves, one request at a time. */
final class Wire implements AutoCloseable {
    private final Socket socket;
    private final String clientId;
    private int correlation = 0;

    Wire(String bootstrap, String clientId) throws Exception {
        String[] at = bootstrap.split(":");
        this.clientId = clientId;
        socket = new Socket(at[0], Integer.parseInt(at[1]));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
    }

    /** Logged in as alice, by PLAIN. */
    static Wire ofAlice(String bootstrap) throws Exception {
        Wire wire = new Wire(bootstrap, "matrix");
        wire.call(ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"));
        var done = (SaslAuthenticateResponseData) wire.call(ApiKeys.SASL_AUTHENTICATE, 2,
                new SaslAuthenticateRequestData().setAuthBytes("\0alice\0pw".getBytes()));
        if (done.errorCode() != 0) throw new RuntimeException("login: " + done.errorMessage());
        return wire;
    }

    ApiMessage call(ApiKeys key, int version, ApiMessage request) throws Exception {
        short v = (short) version;
        var header = new RequestHeader(key, v, clientId, ++correlation);
        ByteBuffer bytes = RequestUtils.serialize(header.data(), header.headerVersion(), request, v);
        var out = new DataOutputStream(socket.getOutputStream());
        out.writeInt(bytes.remaining());
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        out.flush();
        var in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        ByteBuffer body = ByteBuffer.wrap(answer);
        ResponseHeader.parse(body, key.responseHeaderVersion(v));
        ApiMessage response = ApiMessageType.fromApiKey(key.id).newResponse();
        response.read(new ByteBufferAccessor(body), v);
        return response;
    }
    @Override public void close() throws Exception { socket.close(); }
}
