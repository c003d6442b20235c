"""Serves moto's AWS Secrets Manager and KMS on a loopback port: serve.py PORT.

moto's own command does the same without the corrections below. They are made where moto 5.2.5 does
something that AWS documents otherwise, and where a test could then neither pass on AWS nor show a
fault. Each names the page that says how AWS behaves.
"""

import logging
import sys
import threading

from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend
from moto.server import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple


class OneAtATime:
    """A call to AWS happens or does not; moto's overlap, lose writes and answer 500."""

    def __init__(self, application):
        self.application = application
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        with self.lock:
            return list(self.application(environ, start_response))


def refuse_put_on_deleted():
    """API_PutSecretValue: InvalidRequestException when the secret is scheduled for deletion."""
    put = SecretsManagerBackend.put_secret_value

    def put_secret_value(self, secret_id, *args, **kwargs):
        secret = self.secrets.get(secret_id)
        if secret is not None and secret.is_deleted():
            raise InvalidRequestException(
                "You can't perform this operation on the secret because it was marked for deletion."
            )
        return put(self, secret_id, *args, **kwargs)

    SecretsManagerBackend.put_secret_value = put_secret_value


def follow_moved_label():
    """API_UpdateSecretVersionStage: the version with AWSCURRENT is the one that is current.

    moto goes on taking the old one for it, and at the next write leaves AWSCURRENT on two versions.
    """
    update = SecretsManagerBackend.update_secret_version_stage

    def update_secret_version_stage(self, secret_id, *args, **kwargs):
        answer = update(self, secret_id, *args, **kwargs)
        secret = self.secrets[secret_id]
        for version_id, version in secret.versions.items():
            if "AWSCURRENT" in version["version_stages"]:
                secret.set_default_version_id(version_id)
        return answer

    SecretsManagerBackend.update_secret_version_stage = update_secret_version_stage


def main():
    port = int(sys.argv[1])
    # One line for each request is of no use here, and costs more than some requests.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    refuse_put_on_deleted()
    follow_moved_label()
    run_simple(
        "127.0.0.1",
        port,
        OneAtATime(DomainDispatcherApplication(create_backend_app)),
        threaded=True,
        request_handler=MotoRequestHandler,
    )


main()
